"""Facts and findings kept between runs."""
