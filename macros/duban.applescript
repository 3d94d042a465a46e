-- Starts the program for the workbook's buttons in Excel for macOS, which may start nothing itself. Put this file into
-- ~/Library/Application Scripts/com.microsoft.Excel/ (make the folder if it is missing).
-- message: the program (an empty line: look in the usual places), the action, the workbook; one a line.
-- Answers "missing" when there is no program, otherwise nothing.
on press(message)
    set {chosen, action, ledger} to paragraphs of message
    set places to quoted form of chosen & " ~/.local/bin/duban ~/duban/bin/duban /usr/local/bin/duban /opt/homebrew/bin/duban"
    set start to "\"$program\" button " & action & " " & quoted form of ledger & " </dev/null >/dev/null 2>&1 & exit"
    return do shell script "for program in " & places & "; do if [ -f \"$program\" ]; then " & start & "; fi; done; echo missing"
end press
