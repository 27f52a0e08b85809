"""JT/T 809, what platforms for road vehicles (道路运输车辆卫星定位系统平台) exchange: editions of 2011 and 2019."""
