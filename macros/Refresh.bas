Attribute VB_Name = "Refresh"
Option Explicit

' What the six buttons on the home sheet and the ribbon tab start:
'     duban button ACTION "full path of this workbook"
' hidden and without waiting. The program itself finds the open workbook, works in it, says the outcome
' and sets and clears the status bar; this module only finds and starts it.
'
' Runs in Excel for Windows and macOS, in WPS with VBA, and in LibreOffice. ASCII only: a VBA project has one
' code page, so Chinese is kept as the code points of its characters (see Words).
'
' #If: VBA takes LibreOffice for false, as any constant it does not know; LibreOffice passes over the #-lines and runs
' what stands between them, all branches one after the other.

Private Const TITLE As String = "7763 529E 53F0 8D26"
Private Const SETTINGS_SHEET As String = "8BBE 7F6E"
Private Const PROGRAM_ROW As String = "7A0B 5E8F 4F4D 7F6E"
Private Const AUTOMATIC As String = "81EA 52A8"
Private Const INSTALL_FOLDER As String = "7763 529E"
Private Const LAST_ROW As Long = 200
Private Const LAST_COLUMN As Long = 6
Private Const STARTING As String = "6B63 5728 542F 52A8 2026"

' What is said when it cannot be started: what is the matter, and what to do.
Private Const NOT_SAVED As String = "53F0 8D26 8FD8 6CA1 6709 5B58 8FC7 76D8 3002 000A " & _
    "8BF7 5148 4FDD 5B58 5230 672C 673A FF0C 518D 70B9 6309 94AE 3002"
Private Const ON_THE_WEB As String = "53F0 8D26 662F 4ECE 7F51 4E0A 6253 5F00 7684 3002 000A " & _
    "8BF7 53E6 5B58 5230 672C 673A FF0C 6253 5F00 5B58 4E0B 7684 90A3 4E00 672C 518D 70B9 6309 94AE 3002"
Private Const NOT_INSTALLED As String = "8FD9 53F0 7535 8111 4E0A 6CA1 6709 627E 5230 7763 529E 53F0 8D26 7A0B 5E8F " & _
    "FF08 duban FF09 3002 000A 8BF7 5148 5B89 88C5 FF1B 88C5 5728 522B 5904 7684 FF0C 628A 7A0B 5E8F 7684 5B8C 6574 " & _
    "8DEF 5F84 586B 5230 201C 8BBE 7F6E 201D 8868 7684 201C 7A0B 5E8F 4F4D 7F6E 201D 3002"
Private Const NOT_THERE As String = "201C 8BBE 7F6E 201D 8868 201C 7A0B 5E8F 4F4D 7F6E 201D 586B 7684 6587 4EF6 4E0D 5B58 5728 FF1A"
Private Const MEND_PLACE As String = "000A 8BF7 6539 6210 7A0B 5E8F FF08 duban FF09 7684 5B8C 6574 8DEF 5F84 FF0C " & _
    "6216 8005 586B 201C 81EA 52A8 201D 3002"
Private Const FAILED_TO_START As String = "7A0B 5E8F 542F 52A8 4E0D 4E86 FF1A"
Private Const MEND_START As String = "000A 591A 534A 662F 5B89 5168 8F6F 4EF6 62E6 4E0B 4E86 FF0C 8BF7 7BA1 7535 8111 7684 4EBA 653E 884C 3002"
Private Const MEND_MAC As String = "000A 8BF7 5728 8FD9 53F0 7535 8111 4E0A 8FD0 884C 4E00 6B21 0020 duban 0020 shortcut 0020 53F0 8D26 " & _
    "FF0C 5B83 4F1A 653E 597D 0020 0045 0078 0063 0065 006C 0020 8981 7528 7684 811A 672C " & _
    "3002"

' ---- The buttons and the ribbon

Public Sub DubanRefresh()
    Tell DubanPress("refresh")
End Sub

Public Sub DubanPreview()
    Tell DubanPress("preview")
End Sub

Public Sub DubanUndo()
    Tell DubanPress("undo")
End Sub

Public Sub DubanLetters()
    Tell DubanPress("letters")
End Sub

Public Sub DubanCheck()
    Tell DubanPress("check")
End Sub

Public Sub DubanFolder()
    Tell DubanPress("folder")
End Sub

' The ribbon's buttons have the names of the macros above: DubanRefresh presses "refresh".
Public Sub DubanRibbon(control As Object)
    Tell DubanPress(LCase(Mid(control.Id, 6)))
End Sub

Private Sub Tell(message As String)
    If message <> "" Then MsgBox message, vbExclamation, Words(TITLE)
End Sub

' Starts the program for one action; what kept it from starting, or nothing.
Public Function DubanPress(action As String) As String
    Dim ledger As String
    ledger = OwnPath()
    If ledger = "" Then
        DubanPress = Words(NOT_SAVED)
    ElseIf InStr(ledger, "://") > 0 Then
        DubanPress = Words(ON_THE_WEB)
    Else
        DubanPress = Started(action, ledger)
    End If
End Function

' The full path of the workbook that holds this module, whichever is in front; nothing when it was never saved.
' In LibreOffice ThisWorkbook knows only the bare name, and nothing at all once LibreOffice has saved the workbook.
Private Function OwnPath() As String
    On Error Resume Next
    If ThisWorkbook.Path <> "" Then OwnPath = ThisWorkbook.FullName
#If LibreOffice Then
    OwnPath = ConvertFromURL(ThisComponent.URL)
#End If
End Function

Private Function Started(action As String, ledger As String) As String
    Dim program As String
    program = ChosenProgram()
    If OnMac() Then
        Started = StartedOnMac(program, action, ledger)
    ElseIf program <> "" And Not IsFile(program) Then
        Started = Words(NOT_THERE) & program & Words(MEND_PLACE)
    Else
        If program = "" Then program = FoundProgram()
        If program = "" Then
            Started = Words(NOT_INSTALLED)
        Else
            Started = Launched(program, action, ledger)
        End If
    End If
End Function

' ---- Starting

Private Function Launched(program As String, action As String, ledger As String) As String
    Application.StatusBar = Words(STARTING)
    On Error GoTo Refused
    If OnWindows() Then
        CreateObject("WScript.Shell").Run """" & program & """ button " & action & " """ & ledger & """", 0, False
    Else
        Shell UnixCommand(program, action, ledger), vbHide
    End If
    Exit Function
Refused:
    Launched = Err.Description
    Launched = Words(FAILED_TO_START) & Launched & Words(MEND_START)
    Application.StatusBar = False
End Function

' LibreOffice on Linux and macOS: its Shell splits at quotes and knows no escapes, so the paths go coded through sh;
' LibreOffice's own Python settings must not reach ours.
Private Function UnixCommand(program As String, action As String, ledger As String) As String
    UnixCommand = "/bin/sh -c 'unset PYTHONHOME PYTHONPATH LD_LIBRARY_PATH; exec ""$(printf %b ""$1"")"" button ""$2"" " & _
        """$(printf %b ""$3"")"" </dev/null >/dev/null 2>&1' duban " & Coded(program) & " " & action & " " & Coded(ledger)
End Function

Private Function Coded(path As String) As String
    Coded = """" & Replace(Replace(path, "\", "\0134"), """", "\0042") & """"
End Function

' Excel for macOS may start programs only through a script in its own folder of scripts, which duban shortcut puts there.
' That script knows the program when none is named, and answers "missing" or nothing.
Private Function StartedOnMac(program As String, action As String, ledger As String) As String
    Dim answer As String
    On Error GoTo Refused
#If Mac Then
    answer = AppleScriptTask("duban.applescript", "press", program & vbLf & action & vbLf & ledger)
#End If
    If answer = "missing" Then StartedOnMac = Words(NOT_INSTALLED)
    Exit Function
Refused:
    StartedOnMac = Err.Description
    StartedOnMac = Words(FAILED_TO_START) & StartedOnMac & Words(MEND_MAC)
End Function

' ---- Finding the program

' What the settings sheet says beside the row's name; nothing when it says "automatic", nothing at all, or is gone.
Private Function ChosenProgram() As String
    Dim cells As Variant, row As Long, column As Long
    cells = SettingsCells()
    If Not IsArray(cells) Then Exit Function
    For row = 1 To UBound(cells, 1)
        For column = 1 To UBound(cells, 2) - 1
            If VarType(cells(row, column)) = vbString And VarType(cells(row, column + 1)) = vbString Then
                If Trim(cells(row, column)) = Words(PROGRAM_ROW) Then ChosenProgram = Place(CStr(cells(row, column + 1)))
            End If
        Next
    Next
End Function

' The first rows and columns of the settings sheet, or nothing when there is no such sheet.
Private Function SettingsCells() As Variant
    On Error Resume Next
    SettingsCells = ThisWorkbook.Worksheets(Words(SETTINGS_SHEET)).Range("A1").Resize(LAST_ROW, LAST_COLUMN).Value
#If LibreOffice Then
    Dim sheet As Object, cells As Variant, row As Long, column As Long
    SettingsCells = Empty
    Set sheet = ThisComponent.Sheets.getByName(Words(SETTINGS_SHEET))
    If sheet Is Nothing Then Exit Function
    ReDim cells(1 To LAST_ROW, 1 To LAST_COLUMN)
    For row = 1 To LAST_ROW
        For column = 1 To LAST_COLUMN
            cells(row, column) = sheet.getCellByPosition(column - 1, row - 1).String
        Next
    Next
    SettingsCells = cells
#End If
End Function

' Windows' "copy as path" puts quotes around it.
Private Function Place(text As String) As String
    Place = Trim(text)
    If Len(Place) > 1 And Left(Place, 1) = """" And Right(Place, 1) = """" Then Place = Mid(Place, 2, Len(Place) - 2)
    If Place = Words(AUTOMATIC) Then Place = ""
End Function

' The first that exists of the usual places, then of the folders of PATH.
Private Function FoundProgram() As String
    Dim candidate As Variant
    For Each candidate In Split(Candidates(), vbLf)
        If FoundProgram = "" Then
            If IsFile(CStr(candidate)) Then FoundProgram = candidate
        End If
    Next
End Function

' The usual places to install it, the same as in README: one a line.
Private Function Candidates() As String
    Dim home As String
    If OnWindows() Then
        home = Environ("USERPROFILE")
        Candidates = Environ("LOCALAPPDATA") & "\duban\Scripts\duban.exe" & vbLf & _
            home & "\" & Words(INSTALL_FOLDER) & "\Scripts\duban.exe" & vbLf & _
            home & "\.local\bin\duban.exe" & vbLf & _
            Replace(Environ("PATH"), ";", "\duban.exe" & vbLf) & "\duban.exe"
    Else
        home = Environ("HOME")
        Candidates = home & "/.local/bin/duban" & vbLf & _
            home & "/duban/bin/duban" & vbLf & _
            home & "/" & Words(INSTALL_FOLDER) & "/bin/duban" & vbLf & _
            Replace(Environ("PATH"), ":", "/duban" & vbLf) & "/duban"
    End If
End Function

' Basic's own GetAttr knows only the code page's characters on Windows; it fails where there is nothing.
Private Function IsFile(path As String) As Boolean
    On Error Resume Next
    If OnWindows() Then
        IsFile = CreateObject("Scripting.FileSystemObject").FileExists(path)
    Else
        IsFile = ((GetAttr(path) And vbDirectory) = 0)
    End If
End Function

' Excel for macOS; always False in LibreOffice, which runs both lines.
Private Function OnMac() As Boolean
#If Mac Then
    OnMac = True
#Else
    OnMac = False
#End If
End Function

Private Function OnWindows() As Boolean
    OnWindows = (Environ("OS") = "Windows_NT")
End Function

' The text of code points in hexadecimal, four digits each; other words stand for themselves.
Private Function Words(codes As String) As String
    Dim word As Variant
    For Each word In Split(codes, " ")
        If Len(word) = 4 Then
            Words = Words & ChrW(CLng("&H" & word))
        Else
            Words = Words & word
        End If
    Next
End Function
