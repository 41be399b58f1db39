// The engine of a site without a server: Oxigraph as WebAssembly over the site's own dump.
// It runs in a worker, so that the page can end a query that takes too long by ending the worker.

let store = null;

// Reads a file and tells how far it is; one that is compressed comes out plain, whether or not
// the host said so by a header.
async function read(address) {
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(`${response.status} ${address}`);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return new TextDecoder().decode(bytes);
  }
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).text();
}

async function load({ engine, wasm, dump }) {
  postMessage({ step: "engine" });
  const [oxigraph, text] = await Promise.all([import(engine), read(dump)]);
  await oxigraph.default({ module_or_path: wasm });
  postMessage({ step: "data" });
  store = new oxigraph.Store();
  store.load(text, { format: "application/n-quads", lenient: true, no_transaction: true });
  postMessage({ step: "ready", quads: store.size });
}

// The default graph is the union of the named graphs, as in the service.
function ask(query) {
  const options = { use_default_graph_as_union: true };
  const words = query.replace(/<[^>]*>|"[^"]*"|#.*/g, "");
  const form = words.match(/\b(select|ask|construct|describe)\b/i);
  return !form || /select|ask/i.test(form[1])
    ? { json: store.query(query, { ...options, results_format: "json" }) }
    : { turtle: store.query(query, { ...options, results_format: "text/turtle" }) };
}

onmessage = async ({ data }) => {
  try {
    if (data.load) {
      await load(data.load);
    } else {
      postMessage({ id: data.id, result: ask(data.query) });
    }
  } catch (error) {
    postMessage({ id: data.id, problem: String(error.message || error) });
  }
};
