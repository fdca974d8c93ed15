ENTRA = ()
