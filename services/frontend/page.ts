/** The one page: shows whether the stack works, and lets a person try it. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>netra</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  pre { background: #f4f4f4; padding: 1rem; overflow: auto; }
</style>
</head>
<body>
<h1>netra</h1>
<p id="health" role="status">Asking backend and auth …</p>
<button id="flow" type="button">Run the complete flow</button>
<pre id="result" hidden></pre>
<script type="module">
  const show = (id, text) => { const element = document.getElementById(id); element.hidden = false; element.textContent = text; };
  const health = await fetch("/api/health").then((response) => response.json());
  show("health", health.ready ? "Everything is ready." : "Not ready: " + health.reason);
  document.getElementById("flow").addEventListener("click", async () => {
    show("result", "…");
    const response = await fetch("/api/test/complete-flow", { method: "POST" });
    show("result", JSON.stringify(await response.json(), null, 2));
  });
</script>
</body>
</html>
`;
