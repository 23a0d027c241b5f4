// Generated from openapi/pareta.yaml by typescript/generate.mjs. Do not edit: run `make generate`.

export interface paths {
    "/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models that can be called now
         * @description Lists the organisation's endpoints that are live and have a URL, each under the id that a chat
         *     completion takes as `model`. Stopped, starting and failed endpoints are left out. One page, whole.
         */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List every endpoint
         * @description Lists all endpoints that the organisation can access, in any status, oldest first.
         */
        get: operations["list_endpoints"];
        put?: never;
        /**
         * Deploy a model for a task
         * @description Starts a deployment and reports it as server-sent events: any number of `progress`, then exactly
         *     one of `complete` and `error`. Comment lines keep a quiet stream open. The deployment goes on when
         *     the client leaves; its endpoint can be retrieved by the path in `Location`.
         */
        post: operations["deploy_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        /**
         * Retrieve an endpoint
         * @description Returns one endpoint, in whatever status it is.
         */
        get: operations["retrieve_endpoint"];
        put?: never;
        post?: never;
        /**
         * Delete an endpoint for good
         * @description Removes the endpoint, its name becomes free, and its metrics are gone with it. A protected
         *     endpoint answers 409.
         */
        delete: operations["delete_endpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/start": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Start a stopped endpoint
         * @description Resumes a stopped endpoint. It is cold for a moment: `starting`, then `live`. Starting one that is
         *     live changes nothing; one that is still being deployed answers 409.
         */
        post: operations["start_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Stop an endpoint
         * @description Pauses an endpoint: it costs nothing and serves nothing until it is started again. Stopping one
         *     that is stopped changes nothing; a protected endpoint answers 409.
         */
        post: operations["stop_endpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/performance": {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        /**
         * Latency of an endpoint
         * @description Returns percentiles of the time from a completion's request to the end of its answer.
         */
        get: operations["endpoint_performance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/uptime": {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        /**
         * Availability of an endpoint
         * @description Returns the share of the window that the endpoint was live, of the time that it was meant to be,
         *     and what interrupted it. Time in which it was stopped on purpose does not count.
         */
        get: operations["endpoint_uptime"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/cost": {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Adds `groups`, the same figures for each day or each hour (UTC) that had a completion. */
                group_by?: "day" | "hour";
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        /**
         * Spend and savings of an endpoint
         * @description Returns what the endpoint's completions cost, and what the same number of requests would have cost
         *     on the frontier model of the task's leaderboard. It is not the organisation's balance.
         */
        get: operations["endpoint_cost"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/quality": {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        /**
         * Judged quality of an endpoint
         * @description Returns how the task's scorer judged the endpoint's completions, in judge windows of one hour.
         *     Hours without a judged completion are left out.
         */
        get: operations["endpoint_quality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/endpoints/{endpoint_id}/activity": {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        /**
         * Usage of an endpoint
         * @description Returns how many completions and tokens the endpoint served and how many requests for a completion
         *     failed, in all and for each hour (UTC) that had any.
         */
        get: operations["endpoint_activity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/chat/completions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Complete a chat
         * @description Answers a conversation, in one piece or, with `stream`, as chunks. Compatible with OpenAI's
         *     operation of the same path; fields beyond those declared are passed on to the model's server.
         *
         *     A completion debits the organisation's balance by its alias's `cost_per_request_micro_usd`; an
         *     empty balance answers 402. An endpoint that is stopped, starting or failed answers 503: with
         *     `Retry-After` while it starts, with `x-should-retry: false` when waiting does not help.
         */
        post: operations["create_chat_completion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the catalog of tasks
         * @description Lists every task that a model can be deployed for. One page, whole.
         */
        get: operations["list_tasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/match": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find the task that fits an intent
         * @description Ranks the catalog by how well each task fits a description in plain words. `chosen` is null when
         *     none fits well enough.
         */
        post: operations["match_task"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{task_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A task's id, as in `Task.id`. */
                task_id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        /**
         * Retrieve a task
         * @description Returns one task of the catalog, with worked examples when they are asked for.
         */
        get: operations["retrieve_task"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tasks/{task_id}/leaderboard": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A task's id, as in `Task.id`. */
                task_id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        /**
         * Rank the models for a task
         * @description Returns the open models that can be deployed for a task with their measured quality and price, the
         *     one that `recommended` stands for, and a frontier model to compare with.
         */
        get: operations["task_leaderboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What went wrong. */
        ErrorBody: {
            /** @description A message for people. */
            detail: string;
        };
        /** @description What is wrong with a request. */
        ValidationFailure: {
            /** @description Each thing that is wrong. */
            detail: components["schemas"]["ValidationProblem"][];
        };
        /** @description One thing that is wrong with a request, and where. */
        ValidationProblem: {
            /** @description The way to the value: `body`, `query`, `path` or `header`, then names and indices. */
            loc: (string | number)[];
            /** @description A message for people. */
            msg: string;
            /** @description The kind of problem, for programs. */
            type: string;
        };
        /** @description A model that can be called, in the form of OpenAI's model index. */
        Model: {
            /** @description The endpoint's id. A chat completion takes it as `model`. */
            id: string;
            /**
             * @description Always `model`.
             * @constant
             */
            object: "model";
            /** @description `pareta` for a deployed open-weights model, else the name of the vendor that serves it. */
            owned_by: string;
            /** @description When the endpoint was created, in Unix seconds. */
            created: number;
        };
        /** @description The models that can be called now. */
        ModelList: {
            /**
             * @description Always `list`.
             * @constant
             */
            object: "list";
            /** @description The models, oldest first. */
            data: components["schemas"]["Model"][];
        };
        /**
         * @description What an endpoint is doing. Others may be added: only `live` serves.
         * @enum {string}
         */
        EndpointStatus: "live" | "starting" | "stopped" | "failed";
        /** @description A deployed model, and where it stands. */
        Endpoint: {
            /** @description The endpoint's id. It equals its name. */
            id: string;
            /** @description The name that it was deployed under, or that it was given. */
            name: string;
            /** @description The alias that serves here. */
            model: string;
            status: components["schemas"]["EndpointStatus"];
            /** @description The id of the task that it serves. */
            taskName: string;
            /** @description The base URL of its OpenAI-compatible API; null until it has been live. */
            url: string | null;
            /** @description Where it runs. */
            region: string;
            /**
             * Format: date-time
             * @description When it was deployed.
             */
            created_at: string;
            /** @description `pareta`, or the name of the vendor that serves it. */
            owned_by: string;
            /** @description Whether it refuses to be stopped and deleted. */
            protected: boolean;
            /** @description Why its deployment failed; null in any other status. */
            failure: string | null;
        };
        /** @description The status of an endpoint after a change. */
        EndpointState: {
            /** @description The endpoint's id. */
            id: string;
            status: components["schemas"]["EndpointStatus"];
        };
        /** @description What to deploy. */
        DeployRequest: {
            /** @description The id of a task, as in `Task.id`. */
            task: string | undefined | null;
            /**
             * @description An alias of the task's leaderboard, or `recommended` for the one that it recommends.
             * @default recommended
             */
            model?: string | undefined | null;
            /** @description A name for the endpoint, which is its id too. One is made up where it is left out. */
            name?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description How far a deployment is. */
        DeployProgress: {
            /** @description What is being done. */
            stage: string;
            /** @description How much of the whole deployment is done, in percent. It never falls. */
            pct: number;
        };
        /** @description A deployment succeeded. */
        DeployComplete: {
            endpoint: components["schemas"]["Endpoint"];
        };
        /** @description A deployment failed. */
        DeployFailure: {
            /** @description Why it failed. */
            message: string;
        };
        /** @description A deployment moved on. */
        DeployProgressEvent: {
            /**
             * @description The event's name.
             * @constant
             */
            event: "progress";
            /** @description The event's payload. */
            data: string;
        };
        /** @description A deployment succeeded, and the stream ends. */
        DeployCompleteEvent: {
            /**
             * @description The event's name.
             * @constant
             */
            event: "complete";
            /** @description The event's payload. */
            data: string;
        };
        /** @description A deployment failed, and the stream ends. */
        DeployErrorEvent: {
            /**
             * @description The event's name.
             * @constant
             */
            event: "error";
            /** @description The event's payload. */
            data: string;
        };
        /** @description Latency of an endpoint over a window of time. */
        EndpointPerformance: {
            /** @description The endpoint's id. */
            endpoint_id: string;
            /** @description The window that the figures cover, such as `24h`. */
            window: string;
            /** @description How many completions were measured. */
            requests: number;
            /** @description Half of the completions took at most so many milliseconds; null where there were none. */
            p50_ms: number | null;
            /** @description 95 % of the completions took at most so many milliseconds; null where there were none. */
            p95_ms: number | null;
            /** @description 99 % of the completions took at most so many milliseconds; null where there were none. */
            p99_ms: number | null;
        };
        /** @description Availability of an endpoint over a window of time. */
        EndpointUptime: {
            /** @description The endpoint's id. */
            endpoint_id: string;
            /** @description The window that the figures cover, such as `24h`. */
            window: string;
            /** @description The share of the time that it was live, from 0 to 1; null where it was meant to be stopped all the time. */
            availability: number | null;
            /** @description What interrupted it, oldest first. */
            incidents: components["schemas"]["Incident"][];
        };
        /** @description A time in which an endpoint was meant to be live and was not. */
        Incident: {
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When it ended; null while it lasts.
             */
            ended_at: string | null;
            /** @description What kept it from serving, such as `cold start`. */
            reason: string;
        };
        /** @description Spend and savings of an endpoint over a window of time, in micro-USD. */
        EndpointCost: {
            /** @description The endpoint's id. */
            endpoint_id: string;
            /** @description The window that the figures cover, such as `24h`. */
            window: string;
            /** @description How many completions were billed. */
            requests: number;
            /** @description What they cost, in micro-USD. */
            spend_micro_usd: number;
            /** @description What they would have cost on the frontier model of the leaderboard, in micro-USD. */
            frontier_baseline_micro_usd: number;
            /** @description The baseline less the spend, in micro-USD. */
            savings_micro_usd: number;
            /** @description The same figures by day or hour, oldest first; only with `group_by`. */
            groups?: components["schemas"]["CostGroup"][];
        };
        /** @description Spend and savings of one day or hour, in micro-USD. */
        CostGroup: {
            /**
             * Format: date-time
             * @description When the day or hour began, in UTC.
             */
            started_at: string;
            /** @description How many completions were billed. */
            requests: number;
            /** @description What they cost, in micro-USD. */
            spend_micro_usd: number;
            /** @description What they would have cost on the frontier model, in micro-USD. */
            frontier_baseline_micro_usd: number;
            /** @description The baseline less the spend, in micro-USD. */
            savings_micro_usd: number;
        };
        /** @description Judged quality of an endpoint over a window of time. */
        EndpointQuality: {
            /** @description The endpoint's id. */
            endpoint_id: string;
            /** @description The window that the figures cover, such as `24h`. */
            window: string;
            /** @description What judges, as in `Task.default_scorer`. */
            scorer: string;
            /** @description The mean over all judged completions, from 0 to 1; null where there were none. */
            score: number | null;
            /** @description The judge windows, oldest first. */
            windows: components["schemas"]["JudgeWindow"][];
        };
        /** @description How an hour's completions were judged. */
        JudgeWindow: {
            /**
             * Format: date-time
             * @description When the window began.
             */
            started_at: string;
            /**
             * Format: date-time
             * @description When the window ends.
             */
            ended_at: string;
            /** @description How many completions were judged. */
            judged: number;
            /** @description Their mean score, from 0 to 1. */
            score: number;
        };
        /** @description Usage of an endpoint over a window of time. */
        EndpointActivity: {
            /** @description The endpoint's id. */
            endpoint_id: string;
            /** @description The window that the figures cover, such as `24h`. */
            window: string;
            /** @description How many completions were served. */
            requests: number;
            /** @description How many requests for a completion failed. */
            errors: number;
            /** @description How many tokens were read. */
            prompt_tokens: number;
            /** @description How many tokens were written. */
            completion_tokens: number;
            /** @description The same figures by the hour, oldest first. */
            series: components["schemas"]["ActivityHour"][];
        };
        /** @description Usage in one hour. */
        ActivityHour: {
            /**
             * Format: date-time
             * @description When the hour began, in UTC.
             */
            started_at: string;
            /** @description How many completions were served. */
            requests: number;
            /** @description How many requests for a completion failed. */
            errors: number;
            /** @description How many tokens were read. */
            prompt_tokens: number;
            /** @description How many tokens were written. */
            completion_tokens: number;
        };
        /** @description A conversation, and how to continue it. */
        ChatCompletionRequest: {
            /** @description The id of a live endpoint, as in `Model.id`. */
            model: string | undefined | null;
            /** @description The conversation so far, oldest first. */
            messages: (components["schemas"]["ChatMessage"] | import("./views.js").Message)[];
            /** @description Whether to answer in chunks. */
            stream?: boolean | null;
            /** @description What a stream carries beside the answer. */
            stream_options?: components["schemas"]["StreamOptions"] | null;
            /** @description The most tokens to write. */
            max_tokens?: number | null;
            /** @description The most tokens to write, under its newer name, which wins where both are given. */
            max_completion_tokens?: number | null;
            /** @description Text before which the answer ends, or up to four of them. */
            stop?: string | string[] | null;
            /** @description How varied the answer is: 0 is the likeliest, 2 the most varied. */
            temperature?: number | null;
            /** @description The share of likeliest tokens to choose among, from 0 to 1. */
            top_p?: number | null;
            /** @description How far to avoid tokens by how often they came, from -2 to 2. */
            frequency_penalty?: number | null;
            /** @description How far to avoid tokens that came at all, from -2 to 2. */
            presence_penalty?: number | null;
            /** @description Makes repetitions of a request alike where the model can. */
            seed?: number | null;
            /** @description The functions that the model may ask to have called. */
            tools?: components["schemas"]["Tool"][];
            /** @description Whether the model may, must or must not ask for a function, or which one it must ask for. */
            tool_choice?: ("none" | "auto" | "required") | components["schemas"]["ToolChoice"];
            /** @description Whether the model may ask for several functions at once. */
            parallel_tool_calls?: boolean;
            response_format?: components["schemas"]["ResponseFormat"];
            /** @description Your own name for the person that asks, to tell abuse apart. */
            user?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description What a stream carries beside the answer. */
        StreamOptions: {
            /** @description Whether to send the usage in a last chunk of its own, without choices. */
            include_usage?: boolean | null;
        } & {
            [key: string]: unknown;
        };
        /** @description A message of a conversation, told apart by its `role`. */
        ChatMessage: components["schemas"]["SystemMessage"] | components["schemas"]["DeveloperMessage"] | components["schemas"]["UserMessage"] | components["schemas"]["AssistantMessage"] | components["schemas"]["ToolMessage"];
        /** @description What the model is to be and do. */
        SystemMessage: {
            /**
             * @description Always `system`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            role: "system";
            /** @description The text, whole or in parts. */
            content: string | components["schemas"]["TextPart"][];
            /** @description The author's name. */
            name?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description What the model is to be and do, as newer models call it. */
        DeveloperMessage: {
            /**
             * @description Always `developer`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            role: "developer";
            /** @description The text, whole or in parts. */
            content: string | components["schemas"]["TextPart"][];
            /** @description The author's name. */
            name?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description What a person asks. */
        UserMessage: {
            /**
             * @description Always `user`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            role: "user";
            /** @description The text, or parts of text and images. */
            content: string | components["schemas"]["ContentPart"][];
            /** @description The author's name. */
            name?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description What the model answered. */
        AssistantMessage: {
            /**
             * @description Always `assistant`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            role: "assistant";
            /** @description The text, whole or in parts; it may be null or left out where functions are asked for. */
            content?: string | components["schemas"]["TextPart"][] | null;
            /** @description The author's name. */
            name?: string;
            /** @description The functions that it asked to have called. */
            tool_calls?: components["schemas"]["ToolCall"][];
        } & {
            [key: string]: unknown;
        };
        /** @description What a function that was asked for returned. */
        ToolMessage: {
            /**
             * @description Always `tool`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            role: "tool";
            /** @description The text, whole or in parts. */
            content: string | components["schemas"]["TextPart"][];
            /** @description Which request it answers, as in `ToolCall.id`. */
            tool_call_id: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A part of a message, told apart by its `type`. */
        ContentPart: components["schemas"]["TextPart"] | components["schemas"]["ImagePart"];
        /** @description A piece of text. */
        TextPart: {
            /**
             * @description Always `text`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "text";
            /** @description The text. */
            text: string;
        } & {
            [key: string]: unknown;
        };
        /** @description An image. */
        ImagePart: {
            /**
             * @description Always `image_url`. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            type: "image_url";
            image_url: components["schemas"]["ImageUrl"];
        } & {
            [key: string]: unknown;
        };
        /** @description Where an image is. */
        ImageUrl: {
            /** @description Its URL, or the image itself as a data: URL. */
            url: string;
            /**
             * @description How closely to look at it.
             * @enum {string}
             */
            detail?: "auto" | "low" | "high";
        } & {
            [key: string]: unknown;
        };
        /** @description A function that the model may ask to have called. */
        Tool: {
            /**
             * @description Always `function`.
             * @constant
             */
            type: "function";
            function: components["schemas"]["FunctionDefinition"];
        } & {
            [key: string]: unknown;
        };
        /** @description What a function is called, does and takes. */
        FunctionDefinition: {
            /** @description Its name. */
            name: string;
            /** @description What it does, for the model to read. */
            description?: string;
            /** @description What it takes, as a JSON Schema. */
            parameters?: {
                [key: string]: unknown;
            };
            /** @description Whether its arguments must follow the schema exactly. */
            strict?: boolean | null;
        } & {
            [key: string]: unknown;
        };
        /** @description The function that the model must ask for. */
        ToolChoice: {
            /**
             * @description Always `function`.
             * @constant
             */
            type: "function";
            function: components["schemas"]["FunctionName"];
        } & {
            [key: string]: unknown;
        };
        /** @description A function, by its name. */
        FunctionName: {
            /** @description Its name. */
            name: string;
        } & {
            [key: string]: unknown;
        };
        /** @description The form of the answer. */
        ResponseFormat: {
            /**
             * @description Text, any JSON object, or JSON by a schema.
             * @enum {string}
             */
            type: "text" | "json_object" | "json_schema";
            /** @description The schema and its name, for `json_schema`. */
            json_schema?: {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
        /** @description An answer to a conversation. */
        ChatCompletion: {
            /** @description The completion's id. */
            id: string;
            /**
             * @description Always `chat.completion`.
             * @constant
             */
            object: "chat.completion";
            /** @description When it was made, in Unix seconds. */
            created: number;
            /** @description The id of the endpoint that answered. */
            model: string;
            /** @description The answers; one, unless more were asked for. */
            choices: components["schemas"]["Choice"][];
            usage: components["schemas"]["Usage"];
        };
        /** @description One answer of a completion. */
        Choice: {
            /** @description Its place among the choices, from 0. */
            index: number;
            message: components["schemas"]["Message"];
            /** @description Why the answer ended. */
            finish_reason: components["schemas"]["FinishReason"] | null;
        };
        /**
         * @description Why an answer ended: it was complete, it reached its length, or it asks for functions.
         * @enum {string}
         */
        FinishReason: "stop" | "length" | "tool_calls" | "content_filter";
        /** @description A message that the model wrote. It can be sent back among a request's messages as it is. */
        Message: {
            /** @description Always `assistant`. */
            role: string;
            /** @description The text; null where it asks for functions instead. */
            content: string | null;
            /** @description Why the model would not answer, where it would not. */
            refusal?: string | null;
            /** @description The functions that it asks to have called. */
            tool_calls?: components["schemas"]["ToolCall"][];
        };
        /** @description A function that the model asks to have called. */
        ToolCall: {
            /** @description Names this request; the answer to it refers to it. */
            id: string;
            /**
             * @description Always `function`.
             * @constant
             */
            type: "function";
            function: components["schemas"]["FunctionCall"];
        };
        /** @description A function and its arguments. */
        FunctionCall: {
            /** @description The function's name. */
            name: string;
            /** @description Its arguments, as JSON text that the model wrote: check it. */
            arguments: string;
        };
        /** @description The tokens of a completion. */
        Usage: {
            /** @description How many tokens were read. */
            prompt_tokens: number;
            /** @description How many tokens were written. */
            completion_tokens: number;
            /** @description Both together. */
            total_tokens: number;
        };
        /** @description A piece of an answer. */
        ChatCompletionChunk: {
            /** @description The completion's id; the same in each of its chunks. */
            id: string;
            /**
             * @description Always `chat.completion.chunk`.
             * @constant
             */
            object: "chat.completion.chunk";
            /** @description When the completion was begun, in Unix seconds. */
            created: number;
            /** @description The id of the endpoint that answers. */
            model: string;
            /** @description What is new of each answer; empty in the chunk that carries the usage. */
            choices: components["schemas"]["ChunkChoice"][];
            /** @description The tokens of the whole completion, in the last chunk, where `stream_options` asked for it. */
            usage?: components["schemas"]["Usage"] | null;
        };
        /** @description What is new of one answer. */
        ChunkChoice: {
            /** @description Its place among the choices, from 0. */
            index: number;
            delta: components["schemas"]["Delta"];
            /** @description Why the answer ended; null before its end. */
            finish_reason: components["schemas"]["FinishReason"] | null;
        };
        /** @description What a chunk adds to a message. */
        Delta: {
            /** @description Always `assistant`, in the first chunk. */
            role?: string;
            /** @description Text to append. */
            content?: string | null;
            /** @description Text to append to the refusal. */
            refusal?: string | null;
            /** @description What is new of the functions that are asked for. */
            tool_calls?: components["schemas"]["ToolCallDelta"][];
        };
        /** @description What a chunk adds to a request for a function. */
        ToolCallDelta: {
            /** @description Which of the requests it adds to, from 0. */
            index: number;
            /** @description The id of the request, in its first piece. */
            id?: string;
            /**
             * @description Always `function`, in its first piece.
             * @constant
             */
            type?: "function";
            function?: components["schemas"]["FunctionCallDelta"];
        };
        /** @description What a chunk adds to a function and its arguments. */
        FunctionCallDelta: {
            /** @description The function's name, in its first piece. */
            name?: string;
            /** @description JSON text to append to its arguments. */
            arguments?: string;
        };
        /** @description A chunk of a completion. */
        ChatCompletionChunkEvent: {
            /** @description The event's payload. */
            data: string;
        };
        /** @description The completion is whole, and the stream ends. */
        ChatDoneEvent: {
            /**
             * @description Always `[DONE]`.
             * @constant
             */
            data: "[DONE]";
        };
        /** @description The catalog of tasks. */
        TaskList: {
            /** @description The tasks, in the order of their ids. */
            tasks: components["schemas"]["Task"][];
        };
        /** @description Something that a model can be deployed for. */
        Task: {
            /** @description The task's id. */
            id: string;
            /** @description What measures an answer, such as `field_f1`. */
            default_scorer: string;
            /** @description Whether its input is a file, such as an image, and not text. */
            has_blob_input: boolean;
            /** @description Worked examples, where `examples_n` asked for them. */
            examples?: components["schemas"]["TaskExample"][];
        };
        /** @description A worked example of a task. */
        TaskExample: {
            /** @description What the model is given; for a file, its name. */
            input: string;
            /** @description What a good answer is. */
            output: string;
        };
        /** @description An intent to find a task for. */
        TaskMatchRequest: {
            /** @description What you want to do, in plain words. */
            query: string | undefined | null;
            /**
             * @description How many candidates to return at most.
             * @default 5
             */
            top_k?: number;
        };
        /** @description The tasks that fit an intent. */
        TaskMatch: {
            /** @description The intent. */
            query: string;
            /** @description Whether a task fits well enough. */
            matched: boolean;
            /** @description The task that fits best; null where none fits well enough. */
            chosen: components["schemas"]["TaskMatchCandidate"] | null;
            /** @description The tasks that fit at all, best first. */
            candidates: components["schemas"]["TaskMatchCandidate"][];
            /** @description Whether another task fits about as well as the chosen one. */
            ambiguous: boolean;
            /**
             * @description How they were compared: by words or by meaning.
             * @enum {string}
             */
            matcher: "keyword" | "semantic";
        };
        /** @description A task, and how well it fits an intent. */
        TaskMatchCandidate: {
            /** @description The task's id. */
            task_id: string;
            /** @description How well it fits, from 0 to 1. */
            score: number;
            /** @description How sure that is, given the other candidates, from 0 to 1. */
            confidence: number;
        };
        /** @description The models for a task, ranked. */
        Leaderboard: {
            /** @description The task's id. */
            task_id: string;
            /** @description What `quality` measures, as in `Task.default_scorer`. */
            metric: string;
            /** @description The unit of the costs: `micro_usd_per_request`. */
            cost_unit: string;
            /** @description The alias that `recommended` stands for in a deployment. */
            recommended: string;
            /** @description The open models, best quality first. */
            models: components["schemas"]["LeaderboardEntry"][];
            /** @description A frontier model to compare with; null where none was measured. */
            frontier: components["schemas"]["LeaderboardEntry"] | null;
        };
        /** @description A model, measured on a task. */
        LeaderboardEntry: {
            /** @description Its alias, which a deployment takes as `model`. */
            name: string;
            /**
             * @description `open` can be deployed; `frontier` is there to compare with.
             * @enum {string}
             */
            kind: "open" | "frontier";
            /** @description Its score on the task, from 0 to 1. */
            quality: number;
            /** @description What a completion costs, in micro-USD. */
            cost_per_request_micro_usd: number;
            /** @description How much it can read, in thousands of tokens. */
            context_k: number;
            /** @description How it is run, such as `dedicated` or `hosted`. */
            run_mode: string;
        };
    };
    responses: {
        /** @description The request names a task or a model that does not exist. */
        BadRequest: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
        /** @description The API key is missing or not valid. */
        Unauthorized: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
        /** @description The organisation's balance is empty. It is topped up in the dashboard. */
        PaymentRequired: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
        /** @description There is no such endpoint, task or model. */
        NotFound: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
        /**
         * @description The state of things does not allow it: a protected endpoint, a name that is taken, an endpoint that
         *     is being deployed. With `x-should-retry: false` it stays so.
         */
        Conflict: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                "x-should-retry": components["headers"]["ShouldRetry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
        /** @description The request does not have the form that this document gives it. */
        Unprocessable: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationFailure"];
            };
        };
        /** @description Too many requests in a short time. */
        TooManyRequests: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                "x-should-retry": components["headers"]["ShouldRetry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
        /** @description It cannot be served now. With `Retry-After`, it can be soon. */
        Unavailable: {
            headers: {
                "x-request-id": components["headers"]["RequestId"];
                "Retry-After": components["headers"]["RetryAfter"];
                "x-should-retry": components["headers"]["ShouldRetry"];
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorBody"];
            };
        };
    };
    parameters: {
        /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
        EndpointId: string | undefined | null;
        /** @description A task's id, as in `Task.id`. */
        TaskId: string | undefined | null;
        /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
        Window: string;
        /** @description Any further parameters. What the server does not know it ignores. */
        Filters: {
            [key: string]: unknown;
        };
        /**
         * @description Names a logical call, and is the same on each of its retries: while the first is being answered, a
         *     repetition joins it, and afterwards it gets the same answer. It has one effect. A key that was used
         *     for another request answers 422.
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description Names this request, in logs and for support. No two requests share one.
         * @example req_000001
         */
        RequestId: string | undefined | null;
        /**
         * @description How long to wait before trying again, in seconds or as an HTTP date.
         * @example 2
         */
        RetryAfter: string;
        /**
         * @description Whether trying again can help. Where it is sent, it overrules what the status suggests.
         * @example false
         */
        ShouldRetry: "true" | "false";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    list_models: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The live endpoints, oldest first. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ModelList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_endpoints: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoints, as a bare array. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"][];
                };
            };
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    deploy_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Names a logical call, and is the same on each of its retries: while the first is being answered, a
                 *     repetition joins it, and afterwards it gets the same answer. It has one effect. A key that was used
                 *     for another request answers 422.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description What to deploy. Fields beyond those declared are passed on to the backend. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeployRequest"];
            };
        };
        responses: {
            /** @description The deployment's progress, up to its end. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    /**
                     * @description The path of the endpoint that is being deployed.
                     * @example /v1/endpoints/ep_7f3a90
                     */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["DeployProgressEvent"] | components["schemas"]["DeployCompleteEvent"] | components["schemas"]["DeployErrorEvent"];
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    retrieve_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    delete_endpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    start_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Names a logical call, and is the same on each of its retries: while the first is being answered, a
                 *     repetition joins it, and afterwards it gets the same answer. It has one effect. A key that was used
                 *     for another request answers 422.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status that it is in now. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointState"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    stop_endpoint: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Names a logical call, and is the same on each of its retries: while the first is being answered, a
                 *     repetition joins it, and afterwards it gets the same answer. It has one effect. A key that was used
                 *     for another request answers 422.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The status that it is in now. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointState"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    endpoint_performance: {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The latency over the window. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointPerformance"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    endpoint_uptime: {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The availability over the window. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointUptime"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    endpoint_cost: {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Adds `groups`, the same figures for each day or each hour (UTC) that had a completion. */
                group_by?: "day" | "hour";
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cost over the window, in micro-USD. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointCost"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    endpoint_quality: {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The judge windows, oldest first. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointQuality"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    endpoint_activity: {
        parameters: {
            query?: {
                /** @description The time up to now that the figures cover, in minutes, hours or days; 24 hours where it is left out. */
                window?: components["parameters"]["Window"];
                /** @description Any further parameters. What the server does not know it ignores. */
                filters?: components["parameters"]["Filters"];
            };
            header?: never;
            path: {
                /** @description An endpoint's id, as in `Endpoint.id` or `Model.id`. */
                endpoint_id: components["parameters"]["EndpointId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The usage over the window. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EndpointActivity"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    create_chat_completion: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Names a logical call, and is the same on each of its retries: while the first is being answered, a
                 *     repetition joins it, and afterwards it gets the same answer. It has one effect. A key that was used
                 *     for another request answers 422.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The conversation so far, and how to continue it. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChatCompletionRequest"];
            };
        };
        responses: {
            /** @description The completion, or its chunks up to `[DONE]`. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChatCompletion"];
                    "text/event-stream": components["schemas"]["ChatCompletionChunkEvent"] | components["schemas"]["ChatDoneEvent"];
                };
            };
            401: components["responses"]["Unauthorized"];
            402: components["responses"]["PaymentRequired"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    list_tasks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tasks, in the order of their ids. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskList"];
                };
            };
            401: components["responses"]["Unauthorized"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    match_task: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Names a logical call, and is the same on each of its retries: while the first is being answered, a
                 *     repetition joins it, and afterwards it gets the same answer. It has one effect. A key that was used
                 *     for another request answers 422.
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
            };
            path?: never;
            cookie?: never;
        };
        /** @description The intent, and how many candidates to return. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["TaskMatchRequest"];
            };
        };
        responses: {
            /** @description The candidates, best first. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskMatch"];
                };
            };
            401: components["responses"]["Unauthorized"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    retrieve_task: {
        parameters: {
            query?: {
                /** @description How many worked examples to include. None are included unless asked for. */
                examples_n?: number;
            };
            header?: never;
            path: {
                /** @description A task's id, as in `Task.id`. */
                task_id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Task"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["Unprocessable"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
    task_leaderboard: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A task's id, as in `Task.id`. */
                task_id: components["parameters"]["TaskId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ranking, best quality first. */
            200: {
                headers: {
                    "x-request-id": components["headers"]["RequestId"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Leaderboard"];
                };
            };
            401: components["responses"]["Unauthorized"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            503: components["responses"]["Unavailable"];
        };
    };
}
