"""Service posts (应急服务站): the village's and community's own point of help."""
