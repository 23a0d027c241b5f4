// Generated from openapi/pareta.yaml by typescript/generate.mjs. Do not edit: run `make generate`.

export const VERSION = "0.1.0";
