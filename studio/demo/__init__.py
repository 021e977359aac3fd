"""The demo study: public visits and simulated raters."""
