"""Places: the gazetteer, postcodes, distance, and what an area has and lacks."""
