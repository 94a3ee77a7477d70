"""What people agree to when they send something in: the version is stored with each agreement."""

# The words stand in templates/submissions/_agreement.html. Change this date with them (a test
# insists); earlier agreements keep the version that they were made under.
VERSION = "CC BY 4.0 with pictures, 22 November 2026"

# The same for templates/submissions/_consent.html: whose story it is can take it back.
CONSENT = "Story with pictures, 22 November 2026"
