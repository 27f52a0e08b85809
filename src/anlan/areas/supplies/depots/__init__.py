"""Depots (应急物资储备库), the catalogue of supplies (物资目录), how much has to be held, what is to be bought."""
