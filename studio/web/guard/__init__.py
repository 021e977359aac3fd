"""What stands around the whole application: who may reach what, how much may be sent, and how it says no."""
