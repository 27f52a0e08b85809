"""Acute toxic levels of hazardous substances as tables: what each number is, and whether somebody read it.

A mark after a row says where its numbers come from: a letter of `SOURCES`. Rows marked R are recalled and have to be
checked (待核对) before a decision rests on them. A dash is "not established" or "not known": never zero.
"""

SOURCES = {
    "A": "US EPA, Compiled AEGL values (2009-05-04 edition), read in a public transcription",
    "B": "US EPA, Compiled AEGL values (2018-07-27 edition), read in a public transcription",
    "C": "US EPA, Final AEGLs (2014-10-03), read",
    "N": "NRC, Acute Exposure Guideline Levels vol. 9 (nap.edu 12978 p. 292), AEGL-3 read, AEGL-1 and -2 recalled",
    "H": "NRC 2010 as quoted by PMC5777517 table 3, read",
    "E": "AIHA ERPG 2009, read in a public transcription; later editions not compared",
    "P": "TNO Purple Book CPR 18E (1999) table 5.2, mg/m3 and minutes, read in a public transcription",
    "L": "Lees (2005) through UK HSE SPC/Tech/OSD/30 table 2, ppm and minutes, read in a public transcription",
    "G": "GBZ 2.1-2019 amendment 1, read in a public transcription",
    "R": "recalled, to be checked (待核对)",
}

#: AEGL-1, -2 and -3 for 10, 30, 60 min, 4 h and 8 h, ppm (mg/m3 where said), and the mark.
AEGL = """\
chlorine|0.5 0.5 0.5 0.5 0.5|2.8 2.8 2.0 1.0 0.70|50 28 20 10 7.1||A
ammonia|30 30 30 30 30|220 220 160 110 110|2700 1600 1100 550 390||A
hydrogen_sulfide|0.75 0.60 0.51 0.36 0.33|41 32 27 20 17|76 59 50 37 31||H
carbon_monoxide|-|420 150 83 33 27|1700 600 330 150 130||R
methanol|670 670 530 340 270|11000 4000 2100 730 520|40000 14000 7200 2400 1600||R
benzene|130 73 52 18 9.0|2000 1100 800 400 200|9700 5600 4000 2000 990||R
toluene|67 67 67 67 67|1400 760 560 310 250|10000 5200 3700 1800 1400||R
xylene|130 130 130 130 130|2500 1300 920 500 400|7200 3600 2500 1300 1000||R
styrene|20 20 20 20 20|230 160 130 130 130|1900 1900 1100 340 340||R
ethylene_oxide|-|80 80 45 14 7.9|360 360 200 63 35||R
propylene_oxide|73 73 73 73 73|440 440 290 130 86|1300 1300 870 390 260||N
vinyl_chloride|450 310 250 140 70|2800 1600 1200 820 820|12000 6800 4800 3400 3400||R
butadiene|670 670 670 670 670|6700 6700 5300 3400 2700|27000 27000 22000 14000 6800||R
acrylonitrile|1.5 1.5 - - -|8.6 3.2 1.7 0.48 0.26|130 50 28 9.7 5.2||R
phosgene|-|0.60 0.60 0.30 0.080 0.040|3.6 1.5 0.75 0.20 0.090||B
hydrogen_chloride|1.8 1.8 1.8 1.8 1.8|100 43 22 11 11|620 210 100 26 26||A
hydrogen_fluoride|1.0 1.0 1.0 1.0 1.0|95 34 24 12 12|170 62 44 22 22||A
sulfur_dioxide|0.20 0.20 0.20 0.20 0.20|0.75 0.75 0.75 0.75 0.75|30 30 30 19 9.6||R
sulfur_trioxide|0.20 0.20 0.20 0.20 0.20|8.7 8.7 8.7 8.7 8.7|270 200 160 110 93|mg/m3|R
nitrogen_dioxide|0.50 0.50 0.50 0.50 0.50|20 15 12 8.2 6.7|34 25 20 14 11||R
formaldehyde|0.90 0.90 0.90 0.90 0.90|14 14 14 14 14|100 70 56 35 35||R
methylamine|15 15 15 15 15|160 92 64 31 21|910 510 350 170 110||R
dimethylamine|10 10 10 10 10|130 85 66 40 32|480 320 250 150 120||R
acetone|200 200 200 200 200|9300 4900 3200 1400 950|16000 8600 5700 2500 1700||R
hexane|-|4000 2900 2900 2900 2900|12000 8600 8600 8600 8600||R
hydrogen_cyanide|2.5 2.5 2.0 1.3 1.0|17 10 7.1 3.5 2.5|27 21 15 8.6 6.6||B
bromine|0.033 0.033 0.033 0.033 0.033|0.55 0.33 0.24 0.13 0.095|19 12 8.5 4.5 3.3||R
carbon_disulfide|17 17 13 8.4 6.7|200 200 160 100 50|600 600 480 300 150||A
nitric_acid|0.16 0.16 0.16 0.16 0.16|43 30 24 6.0 3.0|170 120 92 23 11||R
sulfuric_acid|0.20 0.20 0.20 0.20 0.20|8.7 8.7 8.7 8.7 8.7|270 200 160 110 93|mg/m3|R
dichloromethane|290 230 200 - -|1700 1200 560 100 60|12000 8500 6900 4900 4200||R
chloroform|-|120 80 64 40 29|4000 4000 3200 2000 1600||R
chloromethane|-|1100 1100 910 570 380|3800 3800 3000 1900 1300||R
toluene_diisocyanate|0.020 0.020 0.020 0.010 0.010|0.24 0.17 0.083 0.021 0.021|0.65 0.65 0.51 0.32 0.16||A
arsine|-|0.30 0.21 0.17 0.040 0.020|0.91 0.63 0.50 0.13 0.060||A
phosphine|-|4.0 4.0 2.0 0.50 0.25|7.2 7.2 3.6 0.90 0.45||A
fluorine|1.7 1.7 1.7 1.7 1.7|20 11 5.0 2.3 2.3|36 19 13 5.7 5.7||R
acetaldehyde|45 45 45 45 45|340 340 270 170 110|1100 1100 840 530 260||R
chlorobenzene|10 10 10 10 10|430 300 150 150 150|1100 800 400 400 400||R
aniline|48 16 8 2 1|72 24 12 3 1.5|120 40 20 5 2.5||A
phosphorus_trichloride|0.34 0.34 0.34 0.34 0.34|2.5 2.5 2.0 1.3 0.83|7.0 7.0 5.6 3.5 1.8||R
methyl_isocyanate|-|0.40 0.13 0.067 0.017 0.0080|1.2 0.40 0.20 0.050 0.025||A
methyl_bromide|-|940 380 210 67 67|3300 1300 740 230 130||R
acrolein|0.030 0.030 0.030 0.030 0.030|0.44 0.18 0.10 0.10 0.10|6.2 2.5 1.4 0.48 0.27||R
epichlorohydrin|1.7 1.7 1.7 1.7 1.7|53 53 24 14 6.7|570 160 72 44 20||R
phenol|19 19 15 9.5 6.3|29 29 23 15 12|-||A
carbon_tetrachloride|-|27 18 13 7.6 5.8|700 450 340 200 150||C
methyl_mercaptan|-|40 29 23 14 7.3|120 86 68 43 22||R
hydrazine|0.1 0.1 0.1 0.1 0.1|23 16 13 3.1 1.6|64 45 35 8.9 4.4||R
phosphorus_oxychloride|-|-|1.1 1.1 0.85 0.54 0.27||R
vinyl_acetate|6.7 6.7 6.7 6.7 6.7|46 46 36 23 15|230 230 180 120 75||R
acetone_cyanohydrin|2.5 2.5 2.0 1.3 1.0|17 10 7.1 3.5 2.5|27 21 15 8.6 6.6||A
chlorine_dioxide|0.15 0.15 0.15 0.15 0.15|1.4 1.4 1.1 0.69 0.45|3.0 3.0 2.4 1.5 0.98||A
"""

#: ERPG-1, -2, -3, ppm (mg/m3 where said), all of mark E.
ERPG = """\
chlorine|1 3 20
ammonia|25 150 750
hydrogen_sulfide|0.1 30 100
carbon_monoxide|200 350 500
methanol|200 1000 5000
benzene|50 150 1000
toluene|50 300 1000
styrene|50 250 1000
ethylene_oxide|- 50 500
propylene_oxide|50 250 750
vinyl_chloride|500 5000 20000
butadiene|10 200 5000
acrylonitrile|10 35 75
phosgene|- 0.5 1.5
hydrogen_chloride|3 20 150
hydrogen_fluoride|2 20 50
sulfur_dioxide|0.3 3 15
sulfur_trioxide|2 10 30|mg/m3
nitrogen_dioxide|1 15 30
formaldehyde|1 10 25
methylamine|10 100 500
dimethylamine|0.6 100 350
hydrogen_cyanide|- 10 25
bromine|0.1 0.5 5
carbon_disulfide|1 50 500
nitric_acid|1 6 78
sulfuric_acid|2 10 30|mg/m3
hydrogen_peroxide|10 50 100
dichloromethane|300 750 4000
chloroform|- 50 5000
chloromethane|- 400 1000
acetic_acid|5 35 250
acetic_anhydride|0.5 15 100
toluene_diisocyanate|0.01 0.15 0.6
arsine|- 0.5 1.5
phosphine|- 0.5 5
fluorine|0.5 5 20
acetaldehyde|10 200 1000
phosphorus_trichloride|0.5 3 15
mtbe|5 1000 5000
methyl_isocyanate|0.025 0.25 1.5
methyl_bromide|- 50 200
acrolein|0.05 0.15 1.5
epichlorohydrin|5 20 100
phenol|10 50 200
carbon_tetrachloride|20 100 750
methyl_mercaptan|0.005 25 100
hydrazine|0.5 5 30
thionyl_chloride|0.2 2 10
dichloroethane|50 200 300
vinyl_acetate|5 75 500
chlorine_dioxide|- 0.5 3
"""

#: IDLH, ppm (mg/m3 where said): NIOSH 1994 revision, all recalled but that of hydrogen sulfide (H).
IDLH = """\
chlorine 10; ammonia 300; hydrogen_sulfide 100; carbon_monoxide 1200; methanol 6000; ethanol 3300; benzene 500
toluene 500; xylene 900; styrene 700; ethylene_oxide 800; propylene_oxide 400; butadiene 2000; acrylonitrile 85
phosgene 2; hydrogen_chloride 50; hydrogen_fluoride 30; sulfur_dioxide 100; nitrogen_dioxide 20; formaldehyde 20
methylamine 100; dimethylamine 500; cyclohexane 1300; cyclohexanone 700; acetone 2500; hexane 1100; gasoline 1000
hydrogen_cyanide 50; bromine 3; carbon_disulfide 500; nitric_acid 25; sulfuric_acid 15 mg/m3; hydrogen_peroxide 75
dichloromethane 2300; chloroform 500; chloromethane 2000; formic_acid 30; acetic_acid 50; acetic_anhydride 200
toluene_diisocyanate 2.5; arsine 3; phosphine 50; fluorine 25; acetaldehyde 2000; chlorobenzene 1000; nitrobenzene 200
aniline 100; phosphorus_trichloride 25; methyl_isocyanate 3; methyl_bromide 250; acrolein 2; allyl_alcohol 20
epichlorohydrin 75; phenol 250; carbon_tetrachloride 200; methyl_mercaptan 150; hydrazine 50; dichloroethane 50
ethylamine 600; carbon_dioxide 40000; chlorine_dioxide 5; propane 2100
"""

#: MAC, PC-TWA and PC-STEL of GBZ 2.1-2019, mg/m3, and the mark.
WORKPLACE = """\
chlorine|1 - -|R
ammonia|- 20 30|R
hydrogen_sulfide|10 - -|R
carbon_monoxide|- 20 30|R
propane|- 1000 1500|R
methanol|- 25 50|R
benzene|- 3 6|G
toluene|- 50 100|R
xylene|- 50 100|R
styrene|- 50 100|R
ethylene_oxide|- 2 -|R
propylene_oxide|- 5 -|R
vinyl_chloride|- 10 -|R
butadiene|- 5 -|R
acrylonitrile|- 1 2|R
phosgene|0.5 - -|R
hydrogen_chloride|7.5 - -|R
hydrogen_fluoride|2 - -|R
sulfur_dioxide|- 5 10|R
sulfur_trioxide|- 1 2|R
nitrogen_dioxide|- 5 10|R
formaldehyde|0.5 - -|R
methylamine|- 5 10|R
dimethylamine|- 5 10|R
cyclohexane|- 250 -|R
cyclohexanone|- 50 -|R
acetone|- 300 450|R
hexane|- 100 180|R
gasoline|- 300 -|R
hydrogen_cyanide|1 - -|R
bromine|- 0.6 2|R
carbon_disulfide|- 5 10|R
sulfuric_acid|- 1 2|R
hydrogen_peroxide|- 1.5 -|R
dichloromethane|- 200 -|R
chloroform|- 20 -|R
chloromethane|- 60 120|R
caprolactam|- 5 -|R
formic_acid|- 10 20|R
acetic_acid|- 10 20|R
acetic_anhydride|- 16 -|R
toluene_diisocyanate|- 0.1 0.2|R
arsine|0.03 - -|R
phosphine|0.3 - -|R
acetaldehyde|45 - -|R
chlorobenzene|- 50 -|R
nitrobenzene|- 2 -|R
aniline|- 3 -|R
phosphorus_trichloride|- 1 2|R
methyl_isocyanate|- 0.05 0.08|R
methyl_bromide|- 2 -|R
acrolein|0.3 - -|R
allyl_alcohol|- 2 3|R
epichlorohydrin|- 1 2|R
phenol|- 10 -|R
carbon_tetrachloride|- 15 25|R
methyl_mercaptan|- 1 -|R
hydrazine|- 0.06 0.13|R
phosphorus_oxychloride|- 0.3 0.6|R
dichloroethane|- 7 15|R
vinyl_acetate|- 10 15|R
acetone_cyanohydrin|3 - -|R
ethylamine|- 9 18|R
carbon_dioxide|- 9000 18000|R
chlorine_dioxide|- 0.3 0.8|R
"""

#: a, b and n of Y = a + b ln(C^n t), t in minutes, the unit of C, and the mark.
PROBIT = """\
acrolein|-4.1 1 1|mg/m3|P
acrylonitrile|-8.6 1 1.3|mg/m3|P
allyl_alcohol|-11.7 1 2|mg/m3|P
ammonia|-15.6 1 2|mg/m3|P
bromine|-12.4 1 2|mg/m3|P
carbon_monoxide|-7.4 1 1|mg/m3|P
chlorine|-6.35 0.5 2.75|mg/m3|P
ethylene_oxide|-6.8 1 1|mg/m3|P
hydrogen_chloride|-37.3 3.69 1|mg/m3|P
hydrogen_cyanide|-9.8 1 2.4|mg/m3|P
hydrogen_fluoride|-8.4 1 1.5|mg/m3|P
hydrogen_sulfide|-11.5 1 1.9|mg/m3|P
methyl_bromide|-7.3 1 1.1|mg/m3|P
methyl_isocyanate|-1.2 1 0.7|mg/m3|P
nitrogen_dioxide|-18.6 1 3.7|mg/m3|P
phosgene|-10.6 2 1|mg/m3|P
phosphine|-6.8 1 2|mg/m3|P
sulfur_dioxide|-19.2 1 2.4|mg/m3|P
benzene|-109.78 5.3 2|ppm|L
toluene|-6.794 0.41 2.5|ppm|L
formaldehyde|-12.24 1.3 2|ppm|R
carbon_tetrachloride|-6.29 0.408 2.5|ppm|R
propylene_oxide|-7.415 0.509 2|ppm|R
"""
