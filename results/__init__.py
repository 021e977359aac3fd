"""WHAT THE JUDGMENTS SAY: agreement, preference, ratings, automatic measures, leaks, power, figures, report, export."""
