"""What runs an application on a node: Gunicorn with as many workers as described, behind Nginx."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

GUNICORN = "23.0.0"
PYTHON = "python3.11"


@dataclass(frozen=True)
class WebServer:
    """An application that answers on a node.

    Arguments:
        name: of its service on the node.
        package: of its code, a .tar.gz in S3.
        region: of the node.
        module: and callable of the application, as Gunicorn names it.
        workers: processes that answer, one request at a time each.
        waiting: requests that may wait for them; None for as many as the system has by default.
        timeout: longest time of a request, seconds.
        port: on which Nginx answers.
        accepts: types of what it is sent; none for any.
    """

    name: str
    package: str
    region: str
    module: str
    workers: int
    waiting: int | None
    timeout: int
    port: int
    accepts: Sequence[str] = ()

    def startup(self, environment: Mapping[str, str]) -> str:
        """Lines of a start-up script: done again at every start, with the same result.

        Arguments:
            environment: of its processes.
        """
        home = f"/opt/{self.name}"
        package = f"{home}/package.tar.gz"
        backlog = "" if self.waiting is None else f" --backlog {max(1, self.waiting)}"
        variables = [f'Environment="{key}={value}"' for key, value in environment.items()]
        unit = "\n".join(
            [
                "[Unit]",
                "After=network-online.target",
                "[Service]",
                "DynamicUser=yes",
                f"WorkingDirectory={home}/application",
                f"RuntimeDirectory=windtunnel-{self.name}",
                *variables,
                f"ExecStart={home}/python/bin/gunicorn --workers {self.workers}{backlog}"
                f" --timeout {self.timeout} --bind unix:{self._socket} {self.module}",
                "Restart=always",
                "[Install]",
                "WantedBy=multi-user.target",
            ]
        )
        nginx = self._nginx()
        return "\n".join(
            [
                "",
                f"# {self.name}: Gunicorn behind Nginx.",
                "try_often install nginx",
                f"try_often install {PYTHON}",
                f"mkdir -p {home}/application",
                f"try_often aws s3 cp --region {self.region} {self.package} {package}",
                f"tar --extract --gzip --file {package} --directory {home}/application",
                f"{PYTHON} -m venv {home}/python",
                f"try_often {home}/python/bin/pip install gunicorn=={GUNICORN}"
                f" --requirement {home}/application/requirements.txt",
                f"cat >/etc/systemd/system/{self.name}.service <<'UNIT'",
                unit,
                "UNIT",
                f"cat >/etc/nginx/conf.d/{self.name}.conf <<'NGINX'",
                nginx,
                "NGINX",
                # Nginx reaches a socket of another service.
                "setsebool -P httpd_can_network_connect 1 || true",
                "systemctl daemon-reload",
                f"systemctl enable --now {self.name} nginx",
                "systemctl reload nginx",
            ]
        )

    def _nginx(self) -> str:
        """The contract of model servers: /ping says that it is well, /invocations answers."""
        known = "$accepted_by_" + re.sub(r"\W", "_", self.name)
        types = [f'    "~*^{re.escape(one)} *(;|$)" 1;' for one in self.accepts]
        asked = [
            f"        proxy_pass http://{self.name};",
            "        proxy_set_header Host $host;",
            "        proxy_set_header X-Forwarded-Proto https;",
            f"        proxy_read_timeout {self.timeout}s;",
            "    }",
        ]
        return "\n".join(
            [
                f"upstream {self.name} {{ server unix:{self._socket} fail_timeout=0; }}",
                *(
                    [f"map $content_type {known} {{", "    default 0;", *types, "}"]
                    if types
                    else []
                ),
                "server {",
                f"    listen {self.port};",
                "    server_tokens off;",
                "    location = /ping {",
                *asked,
                "    location = /invocations {",
                *([f"        if ({known} = 0) {{ return 415; }}"] if types else []),
                *asked,
                "    location / { return 404; }",
                "}",
            ]
        )

    @property
    def _socket(self) -> str:
        return f"/run/windtunnel-{self.name}/socket"
