// Adds a button that shows the password while it is typed. Without scripts there is just the field.

for (const field of document.querySelectorAll("input[data-show-password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--quiet";
  button.setAttribute("aria-controls", field.id);

  const draw = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? "Hide" : "Show";
    button.setAttribute("aria-label", shown ? "Hide password" : "Show password");
  };

  button.addEventListener("click", () => draw(field.type === "password"));
  // Sent as a password, so that the browser does not remember it as plain text.
  field.form?.addEventListener("submit", () => draw(false));
  draw(false);
  field.after(button);
}
