"""Fleet (应急运力): vehicles and convoys that can be called."""
