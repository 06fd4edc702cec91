// Which customer the visitor plays. The token comes from the shop's own server, as on a real
// site; the widget gets it and nothing else.

const form = document.getElementById("who");
const said = document.getElementById("said");
const remembered = "alltid-demo-who";

async function play(who) {
  const answer = await fetch("/demo/customer", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ who }),
  });
  if (!answer.ok) {
    said.textContent = "That did not work. Load the page again and try once more.";
    return;
  }
  const { name, token } = await answer.json();
  // Calls from before the widget has loaded are kept in the array that it finds.
  window.Alltid = window.Alltid || [];
  window.Alltid.push(token ? ["identify", token] : ["signOut"]);
  said.textContent = name ? `You are ${name} in the chat now.` : "You are a guest in the chat now.";
}

function recall() {
  try {
    return sessionStorage.getItem(remembered);
  } catch {
    return null;
  }
}

function remember(who) {
  try {
    sessionStorage.setItem(remembered, who);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}

if (form && said) {
  form.addEventListener("change", (event) => {
    remember(event.target.value);
    play(event.target.value);
  });
  const before = recall();
  const input = before && form.querySelector(`input[value="${CSS.escape(before)}"]`);
  if (input && before !== "guest") {
    input.checked = true;
    play(before);
  }
}
