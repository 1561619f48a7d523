{
  services.web.enable = true;
  services.web.port = 80;
  services.web.enable = false;
}
