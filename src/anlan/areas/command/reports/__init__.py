"""Information reports (信息报告): who must be told what by when, 初报 续报 终报 drafted from the record, sent, receipted."""
