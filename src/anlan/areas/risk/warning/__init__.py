"""Internal assessments (研判提示) that Anlan computes, and public warnings (预警) that it relays for their issuers."""
