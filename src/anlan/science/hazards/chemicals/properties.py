"""Physical properties of hazardous substances, one row each, as printed by `tools/chemical_properties.py`.

Columns after the names: molar mass g/mol; melting and boiling point, critical temperature K; critical pressure bar;
a, b, c of ln(p/Pa) = a - b / (T/K + c), the temperatures that it was fitted between, K, and its largest error there, %;
liquid density at the lower of boiling point and 293 K, kg/m3, and its slope, kg/m3/K; heat of vaporisation at the
boiling point, kJ/kg; heat capacity of the gas at 298 K and of the liquid, J/kg/K; sources of vapour pressure, liquid
density, heat of vaporisation, gas and liquid heat capacity. Molar masses, melting, boiling and critical points are
those that the package `chemicals` 1.5.2 chooses (CRC Handbook, IUPAC, NIST and others), but for the melting point of
hydrogen chloride (R). An empty cell is not known.

Sources: Perry8 t - Perry's Chemical Engineers' Handbook, 8th edition, table t; Poling - Poling, Prausnitz & O'Connell,
Properties of Gases and Liquids, 5th edition, appendix A; CRC - CRC Handbook of Chemistry and Physics; McGarry -
McGarry 1983, Wagner equation; Lee-Kesler, Rackett - corresponding states, shifted through the boiling point; C-C -
Clausius-Clapeyron from the vapour pressure; R - recalled, to be checked (待核对). UN numbers are recalled.
"""

TABLE = """\
chlorine|氯|Chlorine|7782-50-5|1017|Cl2|70.906|172.15|239.20|416.87|76.42|21.0778|2066.02|-22.94|188|384|1.0|1558.0|-2.856|287.8|411|927|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
ammonia|氨|Ammonia|7664-41-7|1005|NH3|17.031|195.45|239.83|405.56|113.63|22.2492|2299.38|-25.40|195|373|1.1|681.6|-1.406|1369.5|2093|4874|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
methane|甲烷（天然气）|Methane|74-82-8|1971|CH4|16.042|90.75|111.67|190.56|45.99|20.5068|978.73|-2.75|91|175|1.3|422.5|-1.818|509.3|2225|3507|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
propane|丙烷（液化石油气）|Propane|74-98-6|1978|C3H8|44.096|85.50|231.04|369.89|42.51|20.7517|1921.49|-22.85|166|340|1.1|582.6|-1.424|425.1|1669|2721|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
butane|正丁烷|n-Butane|106-97-8|1011|C4H10|58.122|135.05|272.66|425.12|37.96|20.7992|2255.44|-29.44|191|391|1.2|602.4|-1.174|385.4|1695|2458|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
ethylene|乙烯|Ethylene|74-85-1|1962|C2H4|28.053|104.05|169.38|282.35|50.42|20.6756|1419.73|-14.21|127|260|1.5|568.8|-1.749|480.9|1529|2420|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
propylene|丙烯|Propylene|115-07-1|1077|C3H6|42.080|88.08|225.53|364.21|45.55|20.7358|1847.78|-24.87|164|335|0.7|611.5|-1.511|445.1|1529|2662|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
hydrogen_sulfide|硫化氢|Hydrogen sulfide|7783-06-4|1053|H2S|34.081|187.65|212.85|373.10|90.00|21.3103|1887.21|-20.13|188|343|1.2|950.3|-2.101|549.7|1001|2191|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
carbon_monoxide|一氧化碳|Carbon monoxide|630-08-0|1016|CO|28.010|68.15|81.64|132.86|34.94|20.2642|669.29|-5.08|68|122|1.0|790.6|-5.185|214.2|1040|2199|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
hydrogen|氢|Hydrogen|1333-74-0|1049|H2|2.016|13.99|20.37|33.15|12.96|18.9521|184.41|4.44|15|30|1.6|70.6|-1.509|444.8|14306|9861|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
methanol|甲醇|Methanol|67-56-1|1230|CH4O|32.042|175.15|337.63|513.38|82.16|23.3322|3536.93|-38.15|231|472|0.9|794.4|-1.001|1097.2|1375|2530|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
ethanol|乙醇|Ethanol|64-17-5|1170|C2H6O|46.068|159.05|351.57|514.71|62.68|23.4708|3648.07|-46.29|232|474|3.1|790.3|-0.953|844.9|1416|2437|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
benzene|苯|Benzene|71-43-2|1114|C6H6|78.112|278.65|353.22|562.02|49.07|20.9435|2875.33|-48.08|279|517|1.3|878.0|-1.046|394.4|1055|1740|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
toluene|甲苯|Toluene|108-88-3|1294|C7H8|92.138|179.20|383.75|591.75|41.26|21.0933|3213.13|-48.06|266|544|1.0|868.5|-0.974|362.1|1126|1707|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
xylene|二甲苯（以邻二甲苯计）|o-Xylene|95-47-6|1307|C8H10|106.165|248.15|417.52|630.26|37.38|21.1129|3459.99|-56.59|284|580|1.4|879.9|-0.886|346.2|1246|1771|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
styrene|苯乙烯|Styrene|100-42-5|2055|C8H8|104.149|242.15|418.45|635.00|39.00|20.8733|3312.26|-64.31|286|584|2.1|904.9|-0.962|355.9|1170|1747|Perry8 2-8;Perry8 2-32;Perry8 2-150;R;CRC
ethylene_oxide|环氧乙烷|Ethylene oxide|75-21-8|1040|C2H4O|44.053|161.80|283.66|468.92|73.05|21.4945|2508.15|-31.96|211|431|1.2|886.5|-1.403|585.4|1087|1998|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;CRC
propylene_oxide|环氧丙烷|Propylene oxide|75-56-9|1280|C3H6O|58.079|161.15|307.27|488.11|54.37|21.3050|2636.35|-37.89|249|444|1.1|830.0|-0.913|491.1|1260|2070|McGarry;R;C-C;R;R
vinyl_chloride|氯乙烯|Vinyl chloride|75-01-4|1086|C2H3Cl|62.498|119.45|259.44|424.96|55.90|20.4018|1894.46|-45.78|191|391|1.4|966.3|-1.681|360.9|859|1175|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;Perry8 2-153
butadiene|1,3-丁二烯|1,3-Butadiene|106-99-0|1010|C4H6|54.090|162.20|268.59|425.13|43.05|20.7994|2200.43|-31.37|191|391|1.9|651.6|-1.253|416.7|1471|2315|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
acrylonitrile|丙烯腈|Acrylonitrile|107-13-1|1093|C3H3N|53.063|189.40|350.35|540.00|46.60|21.6678|3290.60|-26.30|243|497|4.0|806.8|-1.187|585.5|1200|2048|Perry8 2-8;Perry8 2-32;Perry8 2-150;R;Perry8 2-153
phosgene|光气|Phosgene|75-44-5|1076|COCl2|98.916|155.15|280.65|455.00|56.74|21.1707|2404.21|-31.50|216|419|1.4|1410.0|-1.551|256.4|583|1020|McGarry;R;C-C;CRC;R
hydrogen_chloride|氯化氢|Hydrogen chloride|7647-01-0|1050|HCl|36.461|158.97|188.17|324.68|83.14|21.4006|1720.79|-13.98|159|299|2.3|1192.9|-3.291|448.7|800|1754|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
hydrogen_fluoride|氟化氢|Hydrogen fluoride|7664-39-3|1052|HF|20.006|189.60|293.15|461.00|64.85|23.0563|3660.35|24.57|207|424|5.4|954.0|-2.551|376.8|1457|2599|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
sulfur_dioxide|二氧化硫|Sulfur dioxide|7446-09-5|1079|SO2|64.064|200.65|263.14|430.64|78.87|21.8599|2372.67|-33.51|198|396|1.7|1461.9|-2.791|393.4|625|1362|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
sulfur_trioxide|三氧化硫|Sulfur trioxide|7446-11-9|1829|SO3|80.063|301.32|317.65|491.00|82.07|20.3210|1578.45|-138.05|290|452|1.9|1925.7|-4.768|508.9|635|2833|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
nitrogen_dioxide|二氧化氮|Nitrogen dioxide|10102-44-0|1067|NO2|46.005|263.85|294.30|431.00|101.33|23.7583|2774.34|-67.74|216|388|3.8|1448.0|-1.593|415.0|809|1550|Lee-Kesler;R;R;CRC;R
formaldehyde|甲醛|Formaldehyde|50-00-0|2209|CH2O|30.026|181.15|254.05|408.00|65.86|21.8199|2389.10|-22.00|184|375|2.3|813.4|-1.878|768.2|1179|2282|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;Perry8 2-153
methylamine|甲胺|Methylamine|74-89-5|1061|CH5N|31.057|179.95|266.75|430.80|76.20|21.7541|2313.38|-40.63|194|396|1.4|694.7|-1.296|840.1|1612|3287|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
dimethylamine|二甲胺|Dimethylamine|124-40-3|1032|C2H7N|45.084|181.15|280.45|437.20|53.40|21.1321|2210.13|-50.31|197|402|2.4|669.9|-1.143|589.6|1564|3054|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;CRC
cyclohexane|环己烷|Cyclohexane|110-82-7|1145|C6H12|84.159|280.15|353.86|553.60|40.80|20.8275|2878.08|-44.58|280|509|0.9|777.6|-0.940|355.4|1261|1856|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
cyclohexanone|环己酮|Cyclohexanone|108-94-1|1915|C6H10O|98.143|243.12|428.55|665.00|46.00|21.1856|3597.02|-56.29|299|612|1.4|947.0|-0.943|387.9|1184|1856|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;CRC
acetone|丙酮|Acetone|67-64-1|1090|C3H6O|58.079|178.35|329.22|508.10|46.92|21.5779|2951.25|-35.73|229|467|0.9|792.2|-1.171|509.1|1283|2180|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
hexane|正己烷|n-Hexane|110-54-3|1208|C6H14|86.175|178.07|341.87|507.82|30.44|20.6772|2665.51|-50.59|229|467|2.4|660.5|-0.941|334.1|1655|2268|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
gasoline|汽油（以正辛烷代）|Gasoline (as n-octane)|111-65-9|1203|C8H18|114.229|216.30|398.79|568.74|24.84|21.0395|3246.39|-57.69|256|523|1.1|706.7|-0.889|303.5|1644|2225|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
acetylene|乙炔|Acetylene|74-86-2|1001|C2H2|26.037|192.40|189.00|308.30|59.88|21.5375|1757.78|-12.65|192|284|0.5|621.9|-1.781|633.8|2267|3080|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
hydrogen_cyanide|氰化氢|Hydrogen cyanide|74-90-8|1051|HCN|27.025|259.75|298.78|457.00|54.00|22.9298|3478.53|6.06|260|420|1.6|687.1|-1.528|996.4|1328|2612|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;CRC
bromine|溴|Bromine|7726-95-6|1744|Br2|159.808|265.95|331.95|584.00|103.35|21.4577|2967.83|-33.35|266|537|2.5|3121.5|-3.514|186.4|226|474|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
carbon_disulfide|二硫化碳|Carbon disulfide|75-15-0|1131|CS2|76.141|161.15|319.35|552.00|79.03|21.5011|3023.06|-16.45|248|508|1.5|1263.4|-1.567|354.7|596|1003|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;CRC
nitric_acid|硝酸（发烟）|Nitric acid|7697-37-2|2032|HNO3|63.013|231.15|356.15|520.00|68.90|22.9105|3186.41|-76.51|260|468|3.0|1512.0|-1.663|626.0|859|1744|Lee-Kesler;R;R;CRC;CRC
sulfuric_acid|硫酸|Sulfuric acid|7664-93-9|1830|H2SO4|98.078|277.31|610.15|924.00|64.00|22.0918|5200.53|-118.14|462|832|1.8|1830.0|-2.013|570.0|850|1416|Lee-Kesler;R;R;R;CRC
hydrogen_peroxide|过氧化氢|Hydrogen peroxide|7722-84-1|2015|H2O2|34.015|252.94|423.35|728.00|220.00|22.8534|3869.14|-81.70|364|655|1.0|1450.0|-1.595|1518.0|1267|2619|Lee-Kesler;R;R;CRC;CRC
dichloromethane|二氯甲烷|Dichloromethane|75-09-2|1593|CH2Cl2|84.933|178.10|312.95|508.00|63.50|20.8649|2454.24|-50.18|229|467|2.6|1327.7|-1.921|334.0|599|1177|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
chloroform|三氯甲烷|Chloroform|67-66-3|1888|CHCl3|119.378|210.15|334.35|536.20|53.30|21.0046|2728.55|-46.52|241|493|3.0|1492.1|-1.907|247.1|548|953|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
chloromethane|一氯甲烷|Chloromethane|74-87-3|1063|CH3Cl|50.488|175.80|249.17|416.30|66.90|21.1936|2162.88|-25.35|187|383|1.7|1006.8|-1.965|426.9|807|1621|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
caprolactam|己内酰胺|Caprolactam|105-60-2||C6H11NO|113.158|342.45|543.95|806.00|47.70|21.8502|4614.01|-97.17|403|725|1.4|1020.0|-1.122|484.0|1100|1900|Lee-Kesler;R;R;R;R
formic_acid|甲酸|Formic acid|64-18-6|1779|CH2O2|46.025|281.45|374.15|588.00|58.10|22.2468|3841.40|-15.68|281|541|1.2|1219.7|-1.302|479.6|1161|2155|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
acetic_acid|乙酸|Acetic acid|64-19-7|2789|C2H4O2|60.052|289.85|391.05|590.70|57.80|22.4820|3898.18|-35.45|290|543|1.8|1047.1|-1.100|398.3|1056|2050|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
acetic_anhydride|乙酸酐|Acetic anhydride|108-24-7|1715|C4H6O3|102.089|200.15|412.65|606.00|40.00|21.7536|3558.05|-64.94|273|558|1.8|1081.1|-1.309|394.6|975|1216|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
toluene_diisocyanate|甲苯二异氰酸酯|Toluene 2,4-diisocyanate|584-84-9|2078|C9H6N2O2|174.156|293.65|524.15|745.20|35.39|21.9404|4528.12|-89.36|373|671|1.0|1224.0|-1.346|300.0|950|1653|Lee-Kesler;R;R;R;CRC
arsine|砷化氢|Arsine|7784-42-1|2188|AsH3|77.945|157.15|210.65|373.00|65.50|20.8049|1883.33|-7.67|200|336|0.7|1509.9|-3.169|214.1|489|1000|Lee-Kesler;Rackett;CRC;CRC;R
phosphine|磷化氢|Phosphine|7803-51-2|2199|PH3|33.998|139.35|185.40|324.80|65.35|20.3560|1486.35|-17.08|137|199|0.0|740.0|-0.814|429.4|1091|1800|Poling A;R;CRC;CRC;R
fluorine|氟|Fluorine|7782-41-4|1045|F2|37.997|53.48|85.04|144.41|51.72|20.6940|735.51|-4.82|65|133|1.4|1502.2|-8.681|172.4|824|1509|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
oxygen|氧|Oxygen|7782-44-7|1072|O2|31.999|54.36|90.19|154.58|50.43|20.5750|781.28|-3.91|70|142|1.3|1141.9|-6.108|212.0|918|1703|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
nitrogen|氮|Nitrogen|7727-37-9|1066|N2|28.013|63.15|77.35|126.19|33.96|20.2578|645.98|-3.41|63|116|1.2|807.9|-5.579|198.8|1040|2049|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
dimethyl_ether|二甲醚|Dimethyl ether|115-10-6|1033|C2H6O|46.068|133.40|248.37|400.38|53.37|21.1692|2138.81|-26.62|180|368|0.8|730.6|-1.548|462.7|1423|2235|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
acetaldehyde|乙醛|Acetaldehyde|75-07-0|1089|C2H4O|44.053|148.65|293.95|466.00|75.00|21.0977|2472.90|-35.97|210|429|6.1|781.0|-1.356|584.2|1255|2020|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;CRC
chlorobenzene|氯苯|Chlorobenzene|108-90-7|1134|C6H5Cl|112.557|228.00|405.21|632.35|45.21|21.1384|3409.61|-50.54|285|582|1.1|1105.4|-1.093|314.4|871|1340|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
nitrobenzene|硝基苯|Nitrobenzene|98-95-3|1662|C6H5NO2|123.109|279.00|483.85|712.00|34.96|21.2291|3917.68|-80.23|356|641|1.1|1203.0|-1.323|331.0|978|1509|Lee-Kesler;R;R;CRC;CRC
aniline|苯胺|Aniline|62-53-3|1547|C6H7N|93.126|267.15|457.25|705.00|56.30|21.6643|3897.75|-72.71|350|485|0.0|1115.7|-0.991|455.7|1159|2061|Poling A;Rackett;CRC;Poling;Poling
sodium_chlorate|氯酸钠|Sodium chlorate|7775-09-9|1495|NaClO3|106.441|521.15|||||||||||||||-;-;-;CRC;CRC
ammonium_nitrate|硝酸铵|Ammonium nitrate|6484-52-2|1942|NH4NO3|80.043|442.85|508.15|737.94|97.51|23.9049|4881.49|-114.17|369|664|3.5|2269.2|-2.167|843.5|||Lee-Kesler;Rackett;C-C;CRC;CRC
phosphorus_trichloride|三氯化磷|Phosphorus trichloride|7719-12-2|1809|PCl3|137.333|179.55|349.15|563.00|56.70|20.9405|2745.67|-57.61|282|507|0.8|1574.0|-1.731|222.1|523|880|Lee-Kesler;R;CRC;CRC;R
mtbe|甲基叔丁基醚|Methyl tert-butyl ether|1634-04-4|2398|C5H12O|88.148|164.15|328.25|497.10|34.30|20.7654|2599.97|-46.96|224|457|2.1|740.8|-1.041|320.8|1500|2127|Perry8 2-8;Perry8 2-32;Perry8 2-150;R;CRC
methyl_isocyanate|异氰酸甲酯|Methyl isocyanate|624-83-9|2480|C2H3NO|57.051|210.65|311.45|491.00|55.73|21.4349|2633.45|-46.21|256|452|0.8|960.0|-1.056|512.2|1000|1960|Perry8 2-8;R;Perry8 2-150;R;Perry8 2-153
methyl_bromide|溴甲烷|Methyl bromide|74-83-9|1062|CH3Br|94.939|179.45|276.55|467.00|82.66|21.5563|2574.94|-20.25|210|430|3.2|1722.2|-2.791|254.7|447|829|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;Perry8 2-153
acrolein|丙烯醛|Acrolein|107-02-8|1092|C3H4O|56.063|186.15|325.45|506.00|51.68|21.5517|2978.11|-28.84|228|466|3.9|839.7|-1.105|510.7|1272|2161|Perry8 2-8;Perry8 2-32;Perry8 2-150;CRC;Perry8 2-153
allyl_alcohol|烯丙醇|Allyl alcohol|107-18-6|1098|C3H6O|58.079|144.15|370.05|545.10|57.60|31.7354|10385.15|143.65|294|370|0.0|854.0|-0.939|688.7|1309|2392|Poling A;R;CRC;Poling;Poling
epichlorohydrin|环氧氯丙烷|Epichlorohydrin|106-89-8|2023|C3H5ClO|92.524|216.05|391.05|610.00|49.00|21.3626|3375.41|-47.84|305|549|0.4|1181.0|-1.299|410.0|950|1420|Lee-Kesler;R;R;R;R
phenol|苯酚|Phenol|108-95-2|2312|C6H6O|94.111|314.15|454.95|694.20|59.30|21.5541|3669.78|-89.49|314|639|2.3|1076.0|-0.926|493.9|1097|2087|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
carbon_tetrachloride|四氯化碳|Carbon tetrachloride|56-23-5|1846|CCl4|153.823|250.15|349.85|556.30|45.40|20.8215|2839.91|-44.46|250|512|1.6|1592.6|-1.905|193.5|542|856|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
methyl_mercaptan|甲硫醇|Methyl mercaptan|74-93-1|1064|CH4S|48.107|151.15|279.15|470.00|72.30|20.9690|2296.20|-36.08|212|432|2.7|887.4|-1.361|511.0|1045|1881|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
hydrazine|肼|Hydrazine|302-01-2|2029|N2H4|32.045|275.15|386.70|653.00|146.92|22.8719|3866.63|-45.75|294|601|0.9|1007.8|-0.917|1274.3|1533|3021|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
phosphorus_oxychloride|三氯氧磷|Phosphorus oxychloride|10025-87-3|1810|POCl3|153.332|274.40|378.65|601.00|49.60|22.7435|4792.47|49.23|300|541|2.2|1645.0|-1.810|224.0|554|905|Lee-Kesler;R;CRC;CRC;CRC
thionyl_chloride|氯化亚砜|Thionyl chloride|7719-09-7|1836|SOCl2|118.970|168.65|348.75|567.00|44.30|20.8826|3081.67|-19.35|284|510|0.6|1640.0|-1.804|266.5|559|1017|Lee-Kesler;R;CRC;CRC;CRC
dichloroethane|1,2-二氯乙烷|1,2-Dichloroethane|107-06-2|1184|C2H4Cl2|98.959|237.65|356.65|561.60|52.26|21.3112|3063.16|-43.88|253|517|2.8|1253.9|-1.536|325.0|781|1276|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
vinyl_acetate|乙酸乙烯酯|Vinyl acetate|108-05-4|1301|C4H6O2|86.089|176.55|345.75|519.20|41.85|21.5063|2992.18|-46.22|234|478|2.2|932.3|-1.287|366.6|1160|1992|Perry8 2-8;Perry8 2-32;Perry8 2-150;R;Perry8 2-153
acetone_cyanohydrin|丙酮氰醇|Acetone cyanohydrin|75-86-5|1541|C4H7NO|85.104|254.15|453.15|620.00|42.50|23.4593|4553.70|-70.75|310|558|2.5|932.0|-1.025|530.0|1150|1900|Lee-Kesler;R;R;R;R
ethylamine|乙胺|Ethylamine|75-04-7|1036|C2H7N|45.084|192.05|289.75|456.00|56.00|21.4239|2432.80|-44.21|205|420|1.2|686.9|-1.251|606.6|1587|2877|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Poling
carbon_dioxide|二氧化碳|Carbon dioxide|124-38-9|1013|CO2|44.010|216.65|194.67|304.13|73.77|21.8283|1741.54|-15.64|217|280|0.2|1256.8|-3.940|372.0|844|1778|Perry8 2-8;Perry8 2-32;Perry8 2-150;Poling;Perry8 2-153
chlorine_dioxide|二氧化氯|Chlorine dioxide|10049-04-4||ClO2|67.452|214.15|284.15|465.00|86.12|21.7639|2457.98|-44.04|232|418|0.6|1640.0|-1.804|444.8|623|1500|Lee-Kesler;R;CRC;CRC;R
"""
