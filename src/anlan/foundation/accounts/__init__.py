"""People (人员): departments, posts, roles, and who may see and do what, decided in one place."""
