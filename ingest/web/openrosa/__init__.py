"""OpenRosa: how ODK Collect and Enketo get the form and send what they collected."""
