// {{ version }}
