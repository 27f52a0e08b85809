"""Green channel (应急运输绿色通道): passes that free and hasten emergency transport, checked without a network."""
