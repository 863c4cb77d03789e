import type { Cursor } from "../otlp/wire.ts";
import { type JsonObject, wireToJson } from "../otlp/wire-to-json.ts";
import { viewOf } from "./bytes.ts";
import { ByteTable, type Entry } from "./intern-table.ts";
import { type Cuts, maxNameBytes, maxValueBytes } from "./lengths.ts";
import type { Header } from "./record-writer.ts";
import type { Group } from "./table-buffer.ts";

/** Scopes whose version is Claude Code's own; a service.version may have been overridden by the environment. */
const claudeCodeScopes: ReadonlySet<string> = new Set(["com.anthropic.claude_code", "com.anthropic.claude_code.events"]);

type Resource = { readonly id: number; readonly texts: Readonly<Record<string, string>> };
type Scope = { readonly id: number; readonly text: string; readonly name: string; readonly version: string };

/**
 * The texts that all records of one resource, one scope and (for points) one metric share. They are the same in request
 * after request, so they are made once and found again by their bytes.
 */
export class Groups {
	readonly #cuts: Cuts;
	readonly #resources = new ByteTable<Resource>(2048);
	readonly #scopes = new ByteTable<Scope>(512);
	readonly #groups = new ByteTable<Group>(8192);
	readonly #key = new Uint8Array(4096);
	readonly #keyView = viewOf(this.#key);
	#nextId = 1;

	/** `cuts` counts what was too long. */
	constructor(cuts: Cuts) {
		this.#cuts = cuts;
	}

	resource({ bytes, view }: Cursor, start: number, end: number): Resource {
		return this.#resources.find(view, start, end, () => {
			const attributes = this.#attributes(this.#json("Resource", bytes, start, end));
			const text = (key: string) => {
				const value = Object.hasOwn(attributes, key) ? attributes[key] : "";
				return typeof value === "string" ? this.#name(value) : "";
			};
			return {
				id: this.#nextId++,
				texts: {
					resource: Object.keys(attributes).length === 0 ? "" : JSON.stringify(attributes),
					service_name: text("service.name"),
					service_version: text("service.version"),
					os_type: text("os.type"),
					host_arch: text("host.arch"),
				},
			};
		}).value;
	}

	scope({ bytes, view }: Cursor, start: number, end: number): Scope {
		return this.#scopes.find(view, start, end, () => {
			const json = this.#json("Scope", bytes, start, end);
			const name = this.#name(String(json["name"] ?? ""));
			const version = this.#name(String(json["version"] ?? ""));
			const attributes = this.#attributes(json);
			const full = { name, version, ...(Object.keys(attributes).length > 0 && { attributes }) };
			return { id: this.#nextId++, text: start === end ? "" : JSON.stringify(full), name, version };
		}).value;
	}

	/** Nothing of what is longer than any process says of itself. */
	#json(message: "Resource" | "Scope", bytes: Uint8Array, start: number, end: number): JsonObject {
		if (end - start <= maxValueBytes) return wireToJson(message, bytes, start, end);
		this.#cuts.count++;
		return {};
	}

	#name(text: string): string {
		if (text.length <= maxNameBytes) return text;
		this.#cuts.count++;
		return text.slice(0, maxNameBytes).toWellFormed();
	}

	/** `{key: text}`; a value that is no text stays an OTLP/JSON value, so that its kind is not lost. */
	#attributes(json: JsonObject): Record<string, unknown> {
		const list = (json["attributes"] ?? []) as { key?: string; value?: JsonObject }[];
		return Object.fromEntries(list.map(({ key = "", value = {} }) => [this.#name(key), value["stringValue"] ?? value]));
	}

	/** `header` is a metric's own part: texts by column, and bytes that distinguish it from others. */
	group(resource: Resource, scope: Scope, header?: Header): Entry<Group> {
		const key = this.#key;
		writeId(key, 0, resource.id);
		writeId(key, 4, scope.id);
		let length = 8;
		if (header) {
			const part = header.key.subarray(0, key.length - 8);
			key.set(part, 8);
			length += part.length;
		}
		return this.#groups.find(this.#keyView, 0, length, () => {
			const claudeCode = claudeCodeScopes.has(scope.name);
			const texts = {
				...resource.texts,
				scope: scope.text,
				agent_version: claudeCode && scope.version !== "" ? scope.version : resource.texts["service_version"]!,
				...header?.texts(),
			};
			return Object.freeze(Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])));
		});
	}
}

const writeId = (key: Uint8Array, at: number, id: number): void => {
	key[at] = id;
	key[at + 1] = id >>> 8;
	key[at + 2] = id >>> 16;
	key[at + 3] = id >>> 24;
};
