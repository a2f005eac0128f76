"""Authlib as a client of the authorization server: prints where the browser goes, reads where it came back."""
import json
import sys

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

given = json.loads(sys.argv[1])
issuer = given["issuer"]
api = given["api"]
client = OAuth2Session(
    given["client_id"],
    given["client_secret"],
    scope=given["scope"],
    redirect_uri=given["redirect_uri"],
    token_endpoint_auth_method=given["method"],
    revocation_endpoint_auth_method=given["method"],
    code_challenge_method="S256",
)
client.verify = given["ca"]
if given["method"] == "private_key_jwt":
    client.register_client_auth_method(
        PrivateKeyJWT(f"{issuer}/oauth2/token", headers={"kid": given["kid"]}, alg="ES256")
    )
# RFC 8705: the certificate is the credential, and the body holds the client_id alone.
if given["certificate"]:
    client.cert = (given["certificate"], given["key"])
# Or the bundle that the environment names would be asked instead.
client.trust_env = False
verifier = generate_token(64)
location, state = client.create_authorization_url(f"{issuer}/oauth2/authorize", code_verifier=verifier)
print(location, flush=True)
answer = sys.stdin.readline().strip()
token = client.fetch_token(
    f"{api}/oauth2/token", authorization_response=answer, code_verifier=verifier, state=state
)
refreshed = client.refresh_token(f"{api}/oauth2/token", refresh_token=token["refresh_token"])


def introspect(access_token):
    return client.introspect_token(f"{api}/oauth2/introspect", token=access_token).json()


before = introspect(refreshed["access_token"])
client.revoke_token(f"{api}/oauth2/revoke", token=refreshed["refresh_token"])
after = introspect(refreshed["access_token"])
print(json.dumps({"scope": token["scope"], "rotated": token["refresh_token"] != refreshed["refresh_token"],
                  "before": before["active"], "after": after["active"]}), flush=True)
