"""Commands on articles, marks and watches."""
