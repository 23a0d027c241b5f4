// The API reference: Swagger UI over the document as this sandbox serves it, with its key filled in.
"use strict";

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  onComplete: () => window.ui.preauthorizeApiKey("bearer", document.querySelector('meta[name="pareta-key"]').content),
});
