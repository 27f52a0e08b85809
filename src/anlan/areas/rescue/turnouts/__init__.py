"""Turn-outs (出动): from the alarm to the return, with times against limits, roll calls, and whom to send."""
