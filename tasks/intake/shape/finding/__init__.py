"""From a known shape to a part of the mapping: fields, speakers, items and names, found in the files or asked for."""
