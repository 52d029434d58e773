"""HTTP APIs: their routes, what these lead to, and who may call them."""

from provider.kinds import Call, Kind, words
from provider.tag_maps import retag_map

_API = {"ApiId": "$apiId"}


def _of_api(noun: str, others: dict[str, str] | None = None) -> Kind:
    """A part of an API, with an identifier that it is given."""
    name = noun.title()
    own = {**_API, f"{name}Id": "$id"}
    return Kind(
        "apigatewayv2",
        create=Call(f"create_{noun}", with_inputs=True),
        id=f"{name}Id",
        read=Call(f"get_{noun}", own),
        delete=Call(f"delete_{noun}", own),
        revise=Call(f"update_{noun}", own, with_inputs=True),
        rename=others or {},
        replaces=frozenset({"apiId"}),
    )


KINDS = {
    "apigatewayv2/api:Api": Kind(
        "apigatewayv2",
        create=Call("create_api", with_inputs=True),
        id="ApiId",
        read=Call("get_api", {"ApiId": "$id"}),
        delete=Call("delete_api", {"ApiId": "$id"}),
        revise=Call("update_api", {"ApiId": "$id"}, with_inputs=True),
        update={"tags": retag_map()},
        outputs={
            "arn": "arn:aws:apigateway:$region::/apis/$id",
            "apiEndpoint": "ApiEndpoint",
            "executionArn": "arn:aws:execute-api:$region:$account:$id",
        },
        replaces=words("protocolType"),
        name="name",
        tag_type="api",
    ),
    "apigatewayv2/integration:Integration": _of_api(
        "integration", {"timeoutMilliseconds": "TimeoutInMillis"}
    ),
    "apigatewayv2/route:Route": _of_api("route"),
    "apigatewayv2/authorizer:Authorizer": _of_api(
        "authorizer",
        {"identitySources": "IdentitySource", "jwtConfiguration.audiences": "Audience"},
    ),
    "apigatewayv2/stage:Stage": Kind(
        "apigatewayv2",
        create=Call("create_stage", with_inputs=True),
        id="$name",
        read=Call("get_stage", {**_API, "StageName": "$name"}),
        delete=Call("delete_stage", {**_API, "StageName": "$name"}),
        rename={"name": "StageName"},
        outputs={
            "arn": "arn:aws:apigateway:$region::/apis/$apiId/stages/$name",
            "invokeUrl": "https://$apiId.execute-api.$region.amazonaws.com/",
        },
        # moto knows no change of one, nor of its tags; AWS makes them in place.
        local=words("tags"),
        replaces=words("apiId name autoDeploy accessLogSettings defaultRouteSettings description"),
        tag_type="stage",
    ),
}
