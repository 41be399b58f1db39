"""The Flask application: a service, and the routes over it."""

from __future__ import annotations

from flask import Response, jsonify, request
from werkzeug.exceptions import RequestURITooLarge

from gapgraph import __version__
from gapgraph.texts import LANGUAGE_NAMES
from gapgraph.web import (
    assets,
    discovery,
    headers,
    links,
    lookup,
    openapi,
    policy,
    problems,
    questions,
    resources,
    site_address,
    slashes,
    sparql,
    tables,
    validation,
    versions,
)
from gapgraph.web.base import Mount, current_path
from gapgraph.web.cache import AnswerCache
from gapgraph.web.hosts import Application
from gapgraph.web.intake import Intake
from gapgraph.web.language import language, register_language
from gapgraph.web.pages import blueprint as pages
from gapgraph.web.parameters import Parameters
from gapgraph.web.plain import PlainAnswers
from gapgraph.web.service import Service, ServiceConfig, service

__all__ = ["create_app"]


def create_app(config: ServiceConfig | None = None) -> Application:
    """Return the application over a build.

    :param config: what to serve; the environment's settings and the working folder's build if
        nothing is given
    :raises GapgraphError: where there is no build, or a file cannot be read
    """
    loaded = Service.open(config or ServiceConfig.of_environment())
    settings = loaded.config.settings
    app = Application(__name__, static_folder=None)
    app.extensions["gapgraph"] = loaded
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    register_language(app)
    problems.register(app)
    links.register(app)
    assets.register(app)
    site_address.register(app)
    slashes.register(app)
    app.register_blueprint(questions.blueprint)
    app.register_blueprint(discovery.blueprint)
    app.register_blueprint(openapi.blueprint)
    app.register_blueprint(sparql.blueprint)
    app.register_blueprint(resources.blueprint)
    app.register_blueprint(versions.blueprint)
    app.register_blueprint(pages)
    app.register_blueprint(lookup.blueprint)
    app.register_blueprint(validation.blueprint)
    app.register_blueprint(tables.blueprint)
    app.add_url_rule("/health", view_func=health)

    longest = settings.number("max_url_characters")
    app.config["MAX_CONTENT_LENGTH"] = settings.number("max_body_bytes")

    @app.before_request
    def limit() -> None:
        if len(request.path) + len(request.query_string) > longest:
            raise RequestURITooLarge(f"the address is longer than {longest} characters")

    @app.after_request
    def complete(response: Response) -> Response:
        headers.complete(response, loaded.dataset.version)
        if request.method == "OPTIONS":
            allowed = response.headers.get("Allow", "GET")
            wanted = request.headers.get("Access-Control-Request-Headers", "")
            response.headers.extend(policy.preflight(allowed, wanted))
        return response

    app.context_processor(
        lambda: {
            "lang": language(),
            "version": __version__,
            "path": current_path(),
            "contact": settings.text("contact"),
            "exported": bool(loaded.config.site),
        }
    )
    app.jinja_env.globals["languages"] = {each: LANGUAGE_NAMES[each] for each in loaded.languages}
    direct = PlainAnswers(sparql.DirectAnswers(app.wsgi_app, loaded), loaded)
    # A base may be called as a page is in a language of its readers: that name only leads on.
    named = [each for each in app.url_map.iter_rules() if not (each.defaults or {}).get("page")]
    own = {rule.rule.split("/")[1] for rule in named}
    mount = Mount(direct, loaded.config.base, own)
    cache = AnswerCache(
        Intake(mount),
        limit=settings.number("cache_bytes"),
        any_host=bool(loaded.config.base),
    )
    app.wsgi_app = Parameters(  # type: ignore[method-assign]
        cache, app, within=mount.within, longest=longest
    )
    return app


def health() -> Response:
    """Tell that the service answers, from which dataset, and since when."""
    current = service()
    return headers.never_kept(
        jsonify(
            status="ok",
            gapgraph=__version__,
            dataset=current.dataset.version,
            quads=len(current.store),
            started=current.started.isoformat(),
        )
    )
