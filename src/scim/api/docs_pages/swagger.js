"use strict";

// The document shows the types of the application whose token it is asked with.
const kept = "authorized"; // where Swagger UI keeps what was entered behind "Authorize"

function withToken(request) {
  const token = JSON.parse(localStorage.getItem(kept) ?? "{}").bearer?.value;
  if (request.loadSpec && token) request.headers.Authorization = `Bearer ${token}`;
  return request;
}

function withoutBadToken(response) {
  if (response.url.endsWith("openapi.json") && response.status === 401 && localStorage.getItem(kept)) {
    localStorage.removeItem(kept);
    location.reload();
  }
  return response;
}

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#page",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: true,
  requestInterceptor: withToken,
  responseInterceptor: withoutBadToken,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // the validator would send the document to another host
});
