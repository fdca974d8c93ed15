OKTA = ()
