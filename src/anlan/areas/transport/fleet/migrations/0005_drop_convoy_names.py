from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("fleet", "0004_convoys_from_names")]
    operations = [
        migrations.RemoveField("vehicle", "convoy_name"),
        migrations.RemoveField("historicalvehicle", "convoy_name"),
    ]
