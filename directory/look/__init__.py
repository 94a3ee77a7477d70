"""What can be drawn without a page: quilt blocks and the shape of the rainbow. No Flask here."""
