// Generated from templates/message-list.tsx by `npm run build` in packages/emails. Do not edit.
import { escapeHtml, type SafeHtml } from "../escape-html.ts";
import type { MessageListView } from "../letter-view.ts";

export function renderMessageList(view: MessageListView): SafeHtml {
  let html = "";
  for (const day of view.days) {
    html += `<p class="soft" style="font-size:13px;line-height:22px;color:#676a70;margin:0 0 14px">${escapeHtml(day.label)}</p>`;
    for (const message of day.messages) {
      if (message.mention !== null) {
        html += `<table role="presentation" width="100%" border="0" cellPadding="0" cellSpacing="0" style="margin:0 0 20px">\
<tbody>\
<tr>\
<td class="tint" style="background-color:#fbf3dd;border-radius:8px;padding:12px 14px">\
<p class="soft" style="font-size:13px;line-height:22px;color:#676a70;margin:0">\
<strong class="ink isolate" dir="auto" style="color:#1d1f23;font-size:15px;font-weight:600">${escapeHtml(message.author)}</strong> ${escapeHtml(message.mention)} &#160;<a href="${escapeHtml(message.url)}" class="soft quiet" style="color:#676a70;text-decoration:none;white-space:nowrap" target="_blank">${escapeHtml(message.time)}</a>`;
        if (message.edited !== null) {
          html += ` (${escapeHtml(message.edited)})`;
        }
        html += `</p>\
<p class="ink body isolate" dir="auto" style="font-size:16px;line-height:25px;color:#1d1f23;margin:2px 0 0;overflow-wrap:anywhere;word-break:break-word">${message.body}</p>\
</td>\
</tr>\
</tbody>\
</table>`;
      } else {
        html += `<p class="soft" style="font-size:13px;line-height:22px;color:#676a70;margin:0">\
<strong class="ink isolate" dir="auto" style="color:#1d1f23;font-size:15px;font-weight:600">${escapeHtml(message.author)}</strong> &#160;<a href="${escapeHtml(message.url)}" class="soft quiet" style="color:#676a70;text-decoration:none;white-space:nowrap" target="_blank">${escapeHtml(message.time)}</a>`;
        if (message.edited !== null) {
          html += ` (${escapeHtml(message.edited)})`;
        }
        html += `</p>\
<p class="ink body isolate" dir="auto" style="font-size:16px;line-height:25px;color:#1d1f23;margin:2px 0 20px;overflow-wrap:anywhere;word-break:break-word">${message.body}</p>`;
      }
    }
  }
  return html as SafeHtml;
}
