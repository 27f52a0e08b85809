"""Teams (救援队伍): comprehensive, professional, social, enterprise and grass-roots, with their readiness."""
