"""Gateways (接入网关): asyncio servers that speak device protocols, with one door in."""
