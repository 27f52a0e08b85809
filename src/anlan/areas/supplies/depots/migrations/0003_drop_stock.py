from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('depots', '0002_items_norms_plans'),
        ('movements', '0002_opening_from_stock'),
    ]

    operations = [
        migrations.DeleteModel(name='HistoricalStock'),
        migrations.DeleteModel(name='Stock'),
    ]
