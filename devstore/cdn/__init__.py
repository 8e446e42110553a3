"""What Shopify's CDN would serve: scripts of the platform, the theme's and the app's assets, pictures, QR codes."""
