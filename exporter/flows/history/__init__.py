"""Who uses an OPD's bandwidth, minute by minute: counted flows in, Parquet files and answers out."""
