"""The shell (界面): navigation, the command screen, the one map, the phone pages."""
