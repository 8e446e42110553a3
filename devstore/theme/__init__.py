"""The stores' theme: Shopify's Liquid dialect in Python beside the theme's own files."""
