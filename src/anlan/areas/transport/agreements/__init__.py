"""Agreements and requisition (应急运输保障协议、应急征用): what enterprises pledged, what was taken, and what is owed."""
